//! What the web page in `web/` computes, as WebAssembly: the same code as in `ziso`, one request at a time.
//!
//! A request is JSON, and so is the reply; whole blocks and pieces of files come and go beside it, as bytes. Every
//! worker of the page has a [`Page`] of its own, and nothing here knows of threads: the page hands out the pieces, and
//! puts them together in order. [`docs/web.md`](https://docs.rs/zso) has the picture of all of it.
//!
//! | module | what it does |
//! |---|---|
//! | `abi` | the functions that JavaScript calls, and those that it offers; only in WebAssembly |
//! | [`page`] | what a worker keeps from one request to the next |
//! | [`request`] | what can be asked |
//! | `packed` | compressed blocks as bytes |
//! | `new_file` | the file that JavaScript writes |
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

#[cfg(target_family = "wasm")]
mod abi;
mod new_file;
mod packed;
pub mod page;
pub mod request;

pub use page::Page;
pub use request::Request;
