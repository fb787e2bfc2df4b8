//! One account for the examples of this crate's documentation, each of which must be seen to call what it is about.
//!
//! Hidden, and no part of the public interface: it may change with any version.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{
    AgreementId, AttachmentId, CompanyId, ContactId, Drift, EmployeeId, EquipmentId,
    EquipmentKindId, EquipmentManufacturerId, EquipmentModelId, GroupId, IssueId, ItemType,
    MaintenanceEntityId, NomenclatureItemId, PriceListId,
};
use crate::operation::Operation;
use crate::testing::{AttributeKind, AttributeOwner, Simulator};
use crate::{Client, Observer, SkippedItem};

/// What an example may need and does not create itself.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the names say it, and nobody sees it")]
pub struct At {
    pub agreement: AgreementId,
    pub company: CompanyId,
    pub company_file: AttachmentId,
    pub contact: ContactId,
    pub employee: EmployeeId,
    pub equipment: EquipmentId,
    pub file: AttachmentId,
    pub group: GroupId,
    pub issue: IssueId,
    pub kind: EquipmentKindId,
    pub manufacturer: EquipmentManufacturerId,
    pub model: EquipmentModelId,
    pub place: MaintenanceEntityId,
    pub price_list: PriceListId,
}

/// Hears of everything in an answer that the types of this crate do not know. All of it was said by the simulator, whose
/// JSON has nothing to do with these types, so one of the two is wrong.
#[derive(Clone, Default)]
struct Strange(Arc<Mutex<Vec<String>>>);

impl Strange {
    fn note(&self, what: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }
}

impl Observer for Strange {
    fn on_skipped(&self, operation: &'static Operation, item: &SkippedItem) {
        self.note(format!("{} left out {item:?}", operation.id));
    }

    fn on_drift(&self, operation: &'static Operation, drift: &Drift) {
        self.note(format!("{}: {drift}", operation.id));
    }
}

/// Runs an example against an account of its own, and holds it to having called the operation with success, and to
/// having understood all that was answered.
///
/// # Panics
/// When the example fails, has not called the operation, or was told something this crate does not know.
pub fn run(operation: &str, example: impl AsyncFnOnce(Client, At) -> Result<(), Box<dyn Error>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => panic!("no runtime: {error}"),
    };
    runtime.block_on(async {
        let okdesk = Simulator::start().await;
        let at = furnish(&okdesk);
        let strange = Strange::default();
        let client = Client::builder()
            .base_url(okdesk.url().as_str())
            .token(okdesk.token())
            .observer(strange.clone())
            .build();
        let outcome = match client {
            Ok(client) => example(client, at).await,
            Err(error) => panic!("{error}"),
        };
        if let Err(error) = outcome {
            panic!("{error}");
        }
        let done = okdesk.recorder().of(operation);
        assert!(
            done.iter().any(|seen| seen.status == Some(200)),
            "the example has not called {operation}"
        );
        let strange = strange.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(strange.is_empty(), "not understood: {strange:#?}");
    });
}

fn furnish(okdesk: &Simulator) -> At {
    let account = okdesk.account();
    account.attribute(
        AttributeOwner::Issue,
        "place",
        "Where to do it",
        AttributeKind::Text,
    );
    let employee = account.employee("Ivan", "Sokolov").create();
    let company = account
        .company("Romashka")
        .phone("+74951234567")
        .inn("7707083893")
        .attach("contract.pdf", "%PDF")
        .create();
    let place = account
        .maintenance_entity("Bakery")
        .company(company)
        .address("Penza, Moskovskaya 1")
        .coordinates(53.195, 45.018)
        .create();
    let contact = account
        .contact("Anna", "Petrova")
        .company(company)
        .maintenance_entity(place)
        .phone("+79161234567")
        .create();
    let agreement = account.agreement("Full service").company(company).create();
    let equipment = account
        .equipment("printer")
        .manufacturer("hp")
        .model("m1")
        .serial_number("CN42")
        .inventory_number("INV-17")
        .company(company)
        .maintenance_entity(place)
        .create();
    let issue = account
        .issue("Printer is on fire")
        .contact(contact)
        .maintenance_entity(place)
        .attach("smoke.jpg", &[0xff, 0xd8, 0xff][..])
        .create();
    let file = |list: &str| {
        let account = okdesk.snapshot();
        AttachmentId::new(
            account[list][0]["attachments"][0]["id"]
                .as_u64()
                .unwrap_or_default(),
        )
    };
    At {
        agreement,
        company,
        company_file: file("companies"),
        contact,
        employee,
        equipment,
        file: file("issues"),
        // The first of everything has the number 1.
        group: GroupId::new(1),
        issue,
        kind: EquipmentKindId::new(1),
        manufacturer: EquipmentManufacturerId::new(1),
        model: EquipmentModelId::new(1),
        place,
        price_list: account.price_list("Work on site"),
    }
}

/// Puts a line `visit` into the price list.
///
/// # Errors
/// As any call.
pub async fn visit(client: &Client, at: At) -> Result<(), crate::Error> {
    let lists = client.price_lists();
    let line = lists.create_service(at.price_list, "visit", "Visit", ItemType::Service);
    line.unit("pc").price(1000.0).vat(20).await.map(drop)
}

/// Puts an item `drum` into the nomenclature.
///
/// # Errors
/// As any call.
pub async fn drum(client: &Client) -> Result<NomenclatureItemId, crate::Error> {
    let item = client.nomenclature();
    let item = item.create_item("drum", "Drum", ItemType::Product, "pc");
    Ok(item.await?.id)
}
