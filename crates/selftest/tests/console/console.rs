//! As much of a console as the module needs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use bootrom::module::Module;
use iopsim::threads::{Action, NewThread, REFUSED, Threads};
use iopsim::{Config, HostContext, HostId, Machine, Trap};

/// Memory that the kernel gives out, and in which units.
const HEAP: Range<u32> = 0x0006_0000..0x001E_0000;
const UNIT: u32 = 256;
/// Where arguments are.
const ARGUMENTS: u32 = 0x0000_8000;
/// As urgent as the thread that starts modules.
const LOADER: u32 = 8;
/// How a file is opened that is written.
const WRITE: u32 = 2;

/// Bytes of an image that the device does not read.
pub type Bad = Range<u64>;

pub struct Console {
    machine: Machine,
    base: u32,
    kernel: Kernel,
}

struct Kernel {
    functions: Vec<(HostId, String, u32)>,
    files: BTreeMap<String, Vec<u8>>,
    /// Name and place, by number.
    open: Vec<(String, u64)>,
    bad: Bad,
    log: String,
    heap: u32,
    heap_end: u32,
    /// Blocks that were given out and not taken back.
    given: Vec<Range<u32>>,
    most_given: u32,
    own: Vec<Range<u32>>,
}

impl Console {
    /// A console with these files; the module is loaded to `base`.
    pub fn new(base: u32, files: &[(&str, Vec<u8>)]) -> Self {
        let files = files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
        let kernel = Kernel {
            functions: Vec::new(),
            files: files.collect(),
            open: Vec::new(),
            bad: 0..0,
            log: String::new(),
            heap: HEAP.start,
            heap_end: HEAP.end,
            given: Vec::new(),
            most_given: 0,
            own: Vec::new(),
        };
        // Memory that was never written is junk.
        let machine = Machine::new(Config {
            fill: 0xA7,
            ..Config::default()
        });
        Self {
            machine,
            base,
            kernel,
        }
    }

    /// Lets the device fail for some bytes of each file.
    pub fn fail(&mut self, bad: Bad) {
        self.kernel.bad = bad;
    }

    /// Leaves this many bytes of memory.
    pub fn limit_memory(&mut self, bytes: u32) {
        self.kernel.heap_end = HEAP.start + bytes;
    }

    /// Loads the module and starts it with these arguments; returns what it has printed.
    pub fn run(&mut self, arguments: &[&str]) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/iop/zso_selftest.irx");
        let file = std::fs::read(path).expect("target/iop/zso_selftest.irx; run `cargo iop` first");
        let module = Module::parse(&file).unwrap();
        let mut memory = vec![0; module.bytes as usize];
        let (machine, kernel) = (&mut self.machine, &mut self.kernel);
        let start = module.load(self.base, &mut memory, |library, number| {
            let name = String::from_utf8_lossy(library)
                .trim_end_matches('\0')
                .to_owned();
            let function = machine.register_host();
            kernel.functions.push((function, name, number));
            Some(function.address())
        });
        machine.write(self.base, &memory).unwrap();
        let argv = put_arguments(machine, arguments);
        kernel.own = vec![machine.stack(), self.base..self.base + module.bytes, argv.1];
        kernel.guard(machine);
        let result = Threads::new(LOADER).call_with(
            machine,
            start.unwrap(),
            &[arguments.len() as u32 + 1, argv.0],
            &mut |id, context| kernel.answer(id, context),
        );
        assert_eq!(result, Ok(0), "{}", kernel.log);
        // What is left is the stacks of two threads.
        assert!(
            kernel.given.iter().all(|block| block.len() <= 8192),
            "{:?}",
            kernel.given
        );
        assert!(
            kernel.open.iter().all(|(name, _)| name.is_empty()),
            "open files"
        );
        std::mem::take(&mut kernel.log)
    }

    /// A file as it is now.
    pub fn file(&self, name: &str) -> String {
        String::from_utf8(self.kernel.files[name].clone()).unwrap()
    }

    /// The most memory that was given out at once.
    pub fn most_given(&self) -> u32 {
        self.kernel.most_given
    }
}

/// `argv` with the module's name before the arguments, and where all of it is.
fn put_arguments(machine: &mut Machine, arguments: &[&str]) -> (u32, Range<u32>) {
    let mut at = ARGUMENTS;
    let mut pointers = Vec::new();
    for argument in [&["zso_selftest.irx"], arguments].concat() {
        machine
            .write(at, format!("{argument}\0").as_bytes())
            .unwrap();
        pointers.push(at);
        at += argument.len() as u32 + 1;
    }
    let argv = at.next_multiple_of(4);
    machine.write_words(argv, &pointers).unwrap();
    (argv, ARGUMENTS..argv + 4 * pointers.len() as u32)
}

impl Kernel {
    fn answer(&mut self, id: HostId, context: &mut HostContext<'_>) -> Result<Action, Trap> {
        let found = self.functions.iter().find(|(known, ..)| *known == id);
        let (_, library, number) = found.expect("only what was linked is called").clone();
        let [a, b, c, d] = [
            context.arg(0)?,
            context.arg(1)?,
            context.arg(2)?,
            context.arg(3)?,
        ];
        let value = match (library.as_str(), number) {
            ("sysmem", 4) => self.alloc(b, context),
            ("sysmem", 5) => self.free(a, context),
            ("stdio", 4) => {
                assert_eq!(string(context, a)?, "%s");
                self.log += &string(context, b)?;
                0
            }
            ("iomanx", 4) => self.open(&string(context, a)?, b),
            ("iomanx", 5) => {
                self.open[a as usize].0.clear();
                0
            }
            ("iomanx", 6) => self.read(a, b, c, context)?,
            ("iomanx", 7) => {
                let bytes = context.read(b, c as usize)?.to_vec();
                let name = &self.open[a as usize].0;
                self.files
                    .get_mut(name)
                    .expect("an open file")
                    .extend(bytes);
                c
            }
            ("iomanx", 8) => {
                self.open[a as usize].1 = b.into();
                b
            }
            // The offset is in an even register and the next one.
            ("iomanx", 30) => {
                self.open[a as usize].1 = u64::from(d) << 32 | u64::from(c);
                0
            }
            ("thbase", 4) => return self.create_thread(a, context),
            ("thbase", 6) => {
                return Ok(Action::Start {
                    thread: a,
                    argument: b,
                });
            }
            ("thbase", 34) => {
                let cycles = context.counters().cycles;
                context.write(a, &cycles.to_le_bytes())?;
                0
            }
            ("thsemap", 4) => {
                let [attr, _, initial, max] = words(context, a)?;
                return Ok(Action::CreateSema {
                    initial,
                    max,
                    by_priority: attr & 1 != 0,
                });
            }
            ("thsemap", 6) => return Ok(Action::Signal(a)),
            ("thsemap", 8) => return Ok(Action::Wait(a)),
            other => panic!("nobody exports {other:?}"),
        };
        Ok(Action::Return(value))
    }

    fn open(&mut self, path: &str, flags: u32) -> u32 {
        if flags & WRITE != 0 {
            self.files.insert(path.to_owned(), Vec::new());
        }
        if !self.files.contains_key(path) {
            return REFUSED;
        }
        self.open.push((path.to_owned(), 0));
        self.open.len() as u32 - 1
    }

    fn read(
        &mut self,
        file: u32,
        to: u32,
        len: u32,
        context: &mut HostContext<'_>,
    ) -> Result<u32, Trap> {
        let (name, place) = &mut self.open[file as usize];
        let bytes = &self.files[name];
        let start = bytes.len().min(*place as usize);
        let read = &bytes[start..bytes.len().min(start + len as usize)];
        let end = start as u64 + read.len() as u64;
        if (start as u64) < self.bad.end && self.bad.start < end {
            return Ok(-5_i32 as u32);
        }
        context.write(to, read)?;
        *place = end;
        Ok(read.len() as u32)
    }

    fn alloc(&mut self, bytes: u32, context: &mut HostContext<'_>) -> u32 {
        let end = self.heap + bytes.next_multiple_of(UNIT);
        if end > self.heap_end {
            return 0;
        }
        self.given.push(self.heap..self.heap + bytes);
        // Something else is between two blocks.
        self.heap = end + UNIT;
        let sum = self.given.iter().map(|block| block.len() as u32).sum();
        self.most_given = self.most_given.max(sum);
        self.guard(context.machine());
        self.given.last().map_or(0, |block| block.start)
    }

    fn free(&mut self, address: u32, context: &mut HostContext<'_>) -> u32 {
        let place = self.given.iter().position(|block| block.start == address);
        self.given.remove(place.expect("what was given out"));
        self.guard(context.machine());
        0
    }

    fn create_thread(
        &mut self,
        options: u32,
        context: &mut HostContext<'_>,
    ) -> Result<Action, Trap> {
        let [_, _, entry, size, priority] = words(context, options)?;
        let start = self.alloc(size, context);
        if start == 0 {
            return Ok(Action::Return(REFUSED));
        }
        Ok(Action::Create(NewThread {
            entry,
            stack: start..start + size,
            priority,
        }))
    }

    /// Permits the module what is its own.
    fn guard(&self, machine: &mut Machine) {
        let all = [&self.own[..], &self.given].concat();
        machine.permit_writes(&all).unwrap();
        machine.permit_reads(&all).unwrap();
    }
}

fn words<const N: usize>(context: &HostContext<'_>, place: u32) -> Result<[u32; N], Trap> {
    let (words, _) = context.read(place, 4 * N)?.as_chunks();
    Ok(std::array::from_fn(|index| {
        u32::from_le_bytes(words[index])
    }))
}

fn string(context: &HostContext<'_>, place: u32) -> Result<String, Trap> {
    let mut text = Vec::new();
    for at in place.. {
        match context.read(at, 1)? {
            [0] => break,
            byte => text.extend_from_slice(byte),
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}
