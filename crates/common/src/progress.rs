//! Progress, on stderr, if that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "{prefix:<24} [{bar:30}] {percent:>3}% {eta}";

/// A bar of `len` steps.
pub fn bar(what: impl Into<String>, len: u64) -> ProgressBar {
    // invariant: the template is a constant that works.
    let style = ProgressStyle::with_template(TEMPLATE).expect("a sound template");
    ProgressBar::new(len)
        .with_style(style)
        .with_prefix(what.into())
}
