//! What can stand in a list, and by which number doubles are told.

use serde::de::DeserializeOwned;

use crate::model::lenient::Lenient;
use crate::model::{
    AvailableService, Company, Contact, Employee, Equipment, EquipmentKind, EquipmentKindId,
    EquipmentManufacturer, EquipmentManufacturerId, EquipmentModel, Issue, IssueSummary,
    MaintenanceEntity, NomenclatureGroup, NomenclatureItem, NomenclaturePriceListService,
    PriceList, PriceListService,
};

/// What can stand in a list that is handed out page by page.
pub trait ListItem: DeserializeOwned + Lenient + Send + 'static {
    /// Its id as a plain number, by which doubles are told.
    fn number(&self) -> u64;
}

macro_rules! identified {
    ($($name:ident),* $(,)?) => {$(
        impl ListItem for $name {
            fn number(&self) -> u64 {
                self.id.get()
            }
        }
    )*};
}

identified!(
    AvailableService,
    Company,
    Contact,
    Employee,
    Equipment,
    EquipmentModel,
    Issue,
    IssueSummary,
    MaintenanceEntity,
    NomenclatureGroup,
    NomenclatureItem,
    NomenclaturePriceListService,
    PriceList,
    PriceListService,
);

impl ListItem for EquipmentKind {
    fn number(&self) -> u64 {
        self.id.map_or(0, EquipmentKindId::get)
    }
}

impl ListItem for EquipmentManufacturer {
    fn number(&self) -> u64 {
        self.id.map_or(0, EquipmentManufacturerId::get)
    }
}
