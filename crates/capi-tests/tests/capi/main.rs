//! `include/zso.h` and the C functions that it declares: C programs, compiled here, against the reader built for this
//! host.
//!
//! | module | what it does |
//! |---|---|
//! | `build` | the archive, the C compiler, and running what it makes |
//! | `image` | ZSO files and blocks, from the format's rules and from nothing of the reader |
//! | `header` | what the header says, compared with the sources |
//! | `programs` | the C programs of `tests/c` |

mod build;
mod header;
mod image;
mod programs;
