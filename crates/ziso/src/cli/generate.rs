//! Completions and manual, made from the definition of the command line.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man as Page;
use zso_report::shown;

use super::args::Args;
use super::exit::Exit;
use super::output;

/// Print completions for a shell
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso completions bash
  ziso completions powershell")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual, for `man -l -`
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso man compress
  ziso man hdd install
  ziso man --output-dir man1")]
pub(crate) struct Man {
    /// The page of this subcommand, `hdd install` say
    command: Vec<String>,
    /// Write the pages of all subcommands into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    output_dir: Option<PathBuf>,
}

impl Completions {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Args::command(), "ziso", &mut script);
        output::print_bytes(&script)?;
        Ok(Exit::Fine)
    }
}

impl Man {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        if let Some(folder) = &self.output_dir {
            fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
                .with_context(|| format!("cannot write the manual to {}", shown(folder)))?;
            return Ok(Exit::Fine);
        }
        let mut page = Vec::new();
        Page::new(self.described()?).render(&mut page)?;
        output::print_bytes(&page)?;
        Ok(Exit::Fine)
    }

    /// The command that the page is about, by its full name.
    fn described(&self) -> anyhow::Result<clap::Command> {
        let mut all = Args::command();
        // Only then do subcommands know the options of all.
        all.build();
        let mut found = &all;
        for name in &self.command {
            found = found
                .find_subcommand(name)
                .ok_or_else(|| anyhow!("no subcommand {name:?}; `ziso --help` has them"))?;
        }
        Ok(found.clone())
    }
}
