//! redbinder: one baseline incident response plan, and every tailored version of it.
pub mod source;
pub mod syntax;
