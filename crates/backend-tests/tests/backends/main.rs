//! The maps on real volumes, a real disk's table and a real server, as Rust here and as the console's objects.
//!
//! | module | what it asks |
//! |---|---|
//! | `places` | where images are: one case for each kind of backend |
//! | `same_bytes` | whether the same disc comes from all of them |
//! | `golden` | which transfers that takes |
//! | `faults` | what happens when the device fails, delivers too little, is slow, or is gone |
//! | `limits` | what maps refuse |
//! | `neutrino` | the object for Neutrino, in a stand-in for its module |
//! | `whole` | 64 MB |

mod faults;
mod golden;
mod limits;
mod neutrino;
mod places;
mod same_bytes;
mod whole;
