//! The Okdesk simulator.
