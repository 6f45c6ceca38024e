//! The object that replaces OPL's ZSO reader, in stand-ins for the modules that it becomes part of.
//!
//! | module | what it shows |
//! |---|---|
//! | `images` | the discs and the files that are read |
//! | `stand_in` | that the stand-in does what is known of the real modules |
//! | `loading` | that a module with the object can be converted, loaded anywhere, and linked by either linker |
//! | `broken` | that what iopfixup refuses is refused |
//! | `reads` | that everything that can be read is what was compressed |
//! | `faults` | devices that fail, memory that runs out, files that are damaged |
//! | `ahead` | that a reader may read ahead on a thread of its own |
//! | `reported` | what players reported, played as far as it is known |
//! | `memory` | how much memory and stack is taken |

/// Makes a test of each function for each reader: the naive one shows that stand-in and test are right.
macro_rules! on_each_reader {
    ($($test:ident),+ $(,)?) => {
        mod naive {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::Naive); })+
        }
        mod drop_in {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::DropIn); })+
        }
        mod overlap {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::Overlap); })+
        }
    };
}

/// The same for readers that isofs can have.
macro_rules! on_each_reader_of_isofs {
    ($($test:ident),+ $(,)?) => {
        mod naive_isofs {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::Naive); })+
        }
        mod drop_in_isofs {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::DropIn); })+
        }
    };
}

mod ahead;
mod broken;
mod faults;
mod images;
mod loading;
mod memory;
mod reads;
mod reported;
mod stand_in;
