//! Many objects to one that an IRX link takes as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::toolchain::Toolchain;
use crate::{paths, process};

const INSTALL: &str = "type `scripts/setup` to install binutils-mipsel-linux-gnu";

/// A linker and an editor of symbols that know MIPS.
pub struct Linker {
    ld: Vec<String>,
    objcopy: PathBuf,
    /// Where LLVM's objcopy finds its libraries.
    libraries: Option<PathBuf>,
}

impl Linker {
    /// GNU's, or else LLVM's.
    pub fn find(toolchain: &Toolchain) -> Result<Self> {
        let gnu = ["mipsel-linux-gnu-ld", "mipsel-linux-gnu-objcopy"];
        if gnu.into_iter().all(process::answers) {
            return Ok(Self {
                ld: vec![gnu[0].into()],
                objcopy: gnu[1].into(),
                libraries: None,
            });
        }
        let llvm = toolchain
            .llvm_bins(paths::root())
            .into_iter()
            .find_map(|bin| Self::llvm(&bin));
        llvm.with_context(|| format!("no linker here knows MIPS objects; {INSTALL}"))
    }

    fn llvm(bin: &Path) -> Option<Self> {
        let (ld, objcopy) = (bin.join("rust-lld"), bin.join("rust-objcopy"));
        let flavour = ["-flavor", "gnu", "-m", "elf32ltsmip"].map(str::to_owned);
        let ld = [ld.is_file().then(|| ld.display().to_string())?]
            .into_iter()
            .chain(flavour)
            .collect();
        // From SYSROOT/lib/rustlib/HOST/bin.
        let libraries = Some(bin.ancestors().nth(3)?.to_owned());
        objcopy.is_file().then_some(Self {
            ld,
            objcopy,
            libraries,
        })
    }

    /// Links what `functions` need of these files into one object with no other global names, as a script says.
    pub fn link(
        &self,
        script: &Path,
        files: &[PathBuf],
        functions: &[&str],
        out: &Path,
    ) -> Result<()> {
        let mut ld = self.ld();
        ld.args(["-EL", "-r", "--gc-sections", "-T"]).arg(script);
        ld.args(functions.iter().flat_map(|function| ["-u", function]));
        ld.arg("-o").arg(out).args(files);
        if let Err(error) = process::run(&mut ld) {
            // Leaves an object to be looked at where only an assertion of the script has failed.
            process::captured(ld.arg("--noinhibit-exec")).ok();
            return Err(error);
        }

        // The archive's memcpy and memset would meet the import stubs of the module.
        let mut objcopy = self.objcopy();
        objcopy.arg("--strip-debug");
        objcopy.args(
            functions
                .iter()
                .map(|function| format!("--keep-global-symbol={function}")),
        );
        process::run(objcopy.arg(out))
    }

    /// Writes an object with other names: each begins with `prefix`.
    pub fn rename(&self, object: &Path, prefix: &str, out: &Path) -> Result<()> {
        let mut objcopy = self.objcopy();
        objcopy.arg(format!("--prefix-symbols={prefix}"));
        process::run(objcopy.arg(object).arg(out))
    }

    fn objcopy(&self) -> Command {
        let mut objcopy = Command::new(&self.objcopy);
        objcopy.envs(self.libraries.iter().map(|path| ("LD_LIBRARY_PATH", path)));
        objcopy
    }

    /// Links objects, and what they and the script need of `archive`, to where the script says.
    pub fn link_program(
        &self,
        script: &Path,
        objects: &[PathBuf],
        archive: &Path,
        out: &Path,
    ) -> Result<()> {
        let mut ld = self.ld();
        ld.args(["-EL", "--gc-sections", "-T"]).arg(script);
        ld.arg("-o").arg(out).args(objects).arg(archive);
        process::run(&mut ld)
    }

    /// Name and number of the linker.
    pub fn version(&self) -> Result<String> {
        let text = process::output_of(self.ld().arg("--version"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    fn ld(&self) -> Command {
        let mut words = self.ld.iter();
        let mut command = Command::new(words.next().map_or("ld", String::as_str));
        command.args(words);
        command
    }
}
