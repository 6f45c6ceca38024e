//! ziso
fn main() {}
