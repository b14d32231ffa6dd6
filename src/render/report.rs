//! How a reader reports something, for the box that says so.

use minijinja::{Value, context};

use crate::plan::Plan;
use crate::syntax::escape_mail;

/// The page about reporting.
pub const PAGE: &str = "reporting.md";

/// What the report box needs; nothing where the plan names neither an address nor a room.
/// `href` gives the address of a page by its path.
pub fn context(plan: &Plan, href: &dyn Fn(&str) -> String) -> Option<Value> {
    let report = &plan.reporting;
    let channel = report.channel.clone().unwrap_or_default();
    if report.email.is_empty() && report.phone.is_empty() && channel.address.is_empty() {
        return None;
    }
    let subject = format!("Security incident: {}", plan.title);
    let mailto = format!("mailto:{}?subject={}", escape_mail(&report.email), escape_mail(&subject));
    let digits: String = report.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let page = if plan.page_index(PAGE).is_some() { PAGE } else { "plan.md" };
    Some(context! {
        within => report.within.as_ref().map(|within| within.value.to_string()),
        starts => &report.starts,
        email => &report.email,
        mailto => mailto,
        phone => &report.phone,
        tel => format!("tel:{digits}"),
        channel_title => &channel.title,
        channel_address => &channel.address,
        channel_product => &channel.product,
        channel_mention => &channel.mention,
        channel_url => &channel.url,
        page => href(page),
    })
}
