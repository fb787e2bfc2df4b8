//! What happens, on its way into the queue and out of it again: taken in raw, before it is acknowledged; read and given
//! to the reaction later.

pub(crate) mod alone;
pub(crate) mod desk;
pub(crate) mod inbox;
pub(crate) mod reconciler;
pub(crate) mod telegram;
