//! redbinder: one baseline incident response plan, and every tailored version of it.
pub mod config;
pub mod diagnostic;
pub mod files;
pub mod load;
pub mod source;
pub mod syntax;
pub mod tailor;
pub mod plan;
