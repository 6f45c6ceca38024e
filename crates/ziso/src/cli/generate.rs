//! Completions and manual, made from the definition of the command line.

use anyhow::anyhow;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man as Page;

use super::args::Args;
use super::exit::Exit;
use super::output;

/// Print completions for a shell
#[derive(clap::Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual, for `man -l -`
#[derive(clap::Args, Debug)]
pub(crate) struct Man {
    /// The page of this subcommand
    command: Option<String>,
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
        let Some(name) = &self.command else {
            return Ok(all);
        };
        let found = all.find_subcommand(name).cloned();
        found.ok_or_else(|| anyhow!("no subcommand {name:?}; `ziso --help` has them"))
    }
}
