//! Parts of the `tg-bridge` program, see its README. Not a library to build on: names change as the program needs.

pub mod demo;
pub mod reaction;
pub mod report;
pub mod telegram;
