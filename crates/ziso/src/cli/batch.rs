//! Many files and whole folders: which becomes which, and one after the other.
//!
//! One file at a time uses all cores, and a disk that reads one file is quicker than one that reads two.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use walkdir::WalkDir;
use ziso::{Error, disc, hdd, name};
use zso_report::shown;

use super::args::Common;
use super::exit::Exit;
use super::output;
use super::screen::{FileBar, Screen};

/// Which files, and where that goes which becomes of them.
#[derive(clap::Args, Debug)]
pub(crate) struct Files {
    /// Files, and folders whose files are meant; - for standard input
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The file to write, - for standard output [default: beside the input, with another ending]
    #[arg(short, long, value_name = "OUT", conflicts_with = "output_dir")]
    output: Option<PathBuf>,
    /// Write into this folder; what comes from a folder keeps its place in there
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Leave out what has its output already
    #[arg(long, conflicts_with = "force")]
    skip_existing: bool,
    /// Replace existing files
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Say which file would become which, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// A kind of work on files.
pub(crate) struct Kind {
    /// Which files of a folder are meant.
    pub(crate) takes: fn(&Path) -> bool,
    /// What a file becomes.
    pub(crate) becomes: fn(&Path) -> PathBuf,
    /// Whether an image has to have a disc in it.
    pub(crate) only_discs: bool,
}

/// One file to make of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Task {
    pub(crate) input: PathBuf,
    pub(crate) output: PathBuf,
    /// Whether the input itself was named, and not the folder that it is in.
    is_named: bool,
}

impl Task {
    /// What was named, and nothing else.
    pub(crate) fn named(input: &Path, output: &Path) -> Self {
        Self {
            input: input.to_owned(),
            output: output.to_owned(),
            is_named: true,
        }
    }
}

/// What has become of a file.
pub(crate) struct Report {
    /// For people.
    pub(crate) text: String,
    /// For programs; they are told nothing if it is null.
    pub(crate) json: Value,
    /// How that ends.
    pub(crate) exit: Exit,
    /// Whether the text is what was asked for, and printed even if nothing else is.
    pub(crate) is_answer: bool,
}

impl Report {
    /// Of something that was done.
    pub(crate) fn done(text: String, json: Value) -> Self {
        Self {
            text,
            json,
            exit: Exit::Fine,
            is_answer: false,
        }
    }

    /// Of something that is only begun.
    pub(crate) fn nothing() -> Self {
        Self::done(String::new(), Value::Null)
    }

    /// Of something that was found out.
    pub(crate) fn answer(text: String, json: Value, exit: Exit) -> Self {
        Self {
            text,
            json,
            exit,
            is_answer: true,
        }
    }
}

/// A file, and its place below the folder that was named.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    below: PathBuf,
    is_named: bool,
}

/// Where a file is read several times.
pub(crate) fn refuse_stdio(paths: &[PathBuf]) -> anyhow::Result<()> {
    match paths.iter().any(|path| name::is_stdio(path)) {
        true => bail!("standard input cannot be looked into; name a file"),
        false => Ok(()),
    }
}

impl Files {
    /// Does `work` on each file that is wanted.
    pub(crate) fn each(
        &self,
        kind: &Kind,
        common: &Common,
        work: impl Fn(&Task, &mut FileBar, &Screen) -> anyhow::Result<Report>,
    ) -> anyhow::Result<Exit> {
        let tasks = self.tasks(kind)?;
        let inputs = tasks.iter().map(|task| (&*task.input, task.is_named));
        let were = if self.dry_run { "would be" } else { "were" };
        run_discs(inputs, were, common, |i, bar, screen| {
            // invariant: there is an input for each task.
            let task = &tasks[i];
            if self.skip_existing && task.output.exists() {
                return Ok(skipped(task));
            }
            match self.dry_run {
                true => self.planned(task, kind),
                false => self
                    .make_folder(task)
                    .and_then(|()| work(task, bar, screen)),
            }
        })
    }

    /// The files and folders that were named.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Path> {
        let named = self.inputs.iter().map(PathBuf::as_path);
        named.filter(|path| !name::is_stdio(path))
    }

    /// What is to be made, every file once.
    fn tasks(&self, kind: &Kind) -> anyhow::Result<Vec<Task>> {
        let found = found(&self.inputs, kind.takes)?;
        if let Some(output) = &self.output {
            let [one] = found.as_slice() else {
                bail!(
                    "--output names one file, and there are {} inputs; type --output-dir instead",
                    found.len()
                );
            };
            return Ok(vec![Task::named(&one.path, output)]);
        }
        let tasks = found
            .into_iter()
            .map(|found| self.task(found, kind))
            .collect();
        distinct(tasks)
    }

    fn task(&self, found: Found, kind: &Kind) -> Task {
        let output = match &self.output_dir {
            Some(folder) if !name::is_stdio(&found.path) => {
                folder.join((kind.becomes)(&found.below))
            }
            _ => (kind.becomes)(&found.path),
        };
        Task {
            input: found.path,
            output,
            is_named: found.is_named,
        }
    }

    /// What would be done.
    fn planned(&self, task: &Task, kind: &Kind) -> anyhow::Result<Report> {
        if kind.only_discs && !name::is_stdio(&task.input) && !name::is_zso(&task.input) {
            disc::check(&task.input)?;
        }
        let exists = !name::is_stdio(&task.output) && task.output.exists();
        let but = match (exists, self.force) {
            (false, _) => "",
            (true, true) => ", in place of what is there",
            (true, false) => {
                ", which exists; type --force to replace it, or --skip-existing to leave it out"
            }
        };
        let (input, output) = (shown(&task.input), shown(&task.output));
        Ok(Report::answer(
            format!("{input} would become {output}{but}\n"),
            json!({"output": task.output.to_string_lossy(), "exists": exists}),
            Exit::Fine,
        ))
    }

    /// Makes the folder for an output, if that was asked for.
    fn make_folder(&self, task: &Task) -> anyhow::Result<()> {
        match (&self.output_dir, task.output.parent()) {
            (Some(_), Some(folder)) => fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", shown(folder))),
            _ => Ok(()),
        }
    }
}

/// Does `work` on each of the files that were found. What is no disc is left out, and named at the end.
pub(crate) fn run_found(
    found: &[Found],
    common: &Common,
    work: impl FnMut(usize, &mut FileBar, &Screen) -> anyhow::Result<Report>,
) -> anyhow::Result<Exit> {
    let inputs = found.iter().map(|found| (&*found.path, found.is_named));
    run_discs(inputs, "were", common, work)
}

/// The same with inputs of which it is told whether they themselves were named: those are never left out.
fn run_discs<'i>(
    inputs: impl Iterator<Item = (&'i Path, bool)>,
    were: &str,
    common: &Common,
    mut work: impl FnMut(usize, &mut FileBar, &Screen) -> anyhow::Result<Report>,
) -> anyhow::Result<Exit> {
    let (inputs, are_named): (Vec<_>, Vec<_>) = inputs.unzip();
    let mut left_out = Vec::new();
    let exit = run(&inputs, common, |i, bar, screen| {
        match work(i, bar, screen) {
            Err(error) if !are_named[i] && is_no_disc(&error) => {
                let text = format!("{error:#}");
                left_out.push(text.clone());
                Ok(Report::done(String::new(), json!({"left_out": text})))
            }
            done => done,
        }
    })?;
    if !left_out.is_empty() {
        let lines: String = left_out.iter().map(|text| format!("\n  {text}")).collect();
        output::warn(&format!("{} files {were} left out:{lines}", left_out.len()));
    }
    Ok(exit)
}

/// Does `work` on each input, and goes on with the next if one fails.
pub(crate) fn run(
    inputs: &[&Path],
    common: &Common,
    work: impl FnMut(usize, &mut FileBar, &Screen) -> anyhow::Result<Report>,
) -> anyhow::Result<Exit> {
    run_on(&Screen::new(common, inputs)?, inputs, common, work)
}

/// The same on a screen that is there.
pub(crate) fn run_on(
    screen: &Screen,
    inputs: &[&Path],
    common: &Common,
    mut work: impl FnMut(usize, &mut FileBar, &Screen) -> anyhow::Result<Report>,
) -> anyhow::Result<Exit> {
    let mut worst = Exit::Fine;
    for (i, input) in inputs.iter().enumerate() {
        let start = Instant::now();
        let mut bar = screen.file(input)?;
        let done = unless_unread(work(i, &mut bar, screen));
        drop(bar);
        let ends = is_interrupt(&done);
        worst = worst.max(report(done, input, start, common, screen)?);
        if ends {
            break;
        }
    }
    Ok(worst)
}

/// Tells what has become of a file.
fn report(
    done: anyhow::Result<Report>,
    input: &Path,
    start: Instant,
    common: &Common,
    screen: &Screen,
) -> anyhow::Result<Exit> {
    let done = done.unwrap_or_else(|error| {
        screen.error(&error);
        Report {
            exit: Exit::of(&error),
            ..Report::done(String::new(), json!({"error": format!("{error:#}")}))
        }
    });
    let Report {
        text,
        mut json,
        exit,
        is_answer,
    } = done;
    if common.json && json.is_null() {
        return Ok(exit);
    }
    if common.json {
        json["input"] = input.to_string_lossy().into();
        json["exit"] = (exit as u8).into();
        json["seconds"] = start.elapsed().as_secs_f64().into();
        screen.print_json(&json)?;
    } else if is_answer || !common.quiet {
        screen.print(&text)?;
    }
    Ok(exit)
}

/// It is no error that somebody reads only the start of what goes to standard output.
fn unless_unread(done: anyhow::Result<Report>) -> anyhow::Result<Report> {
    match done {
        Err(error) if is_unread(&error) => {
            Ok(Report::done(String::new(), json!({"output": name::STDIO})))
        }
        done => done,
    }
}

fn is_unread(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        Some(Error::Write { path, source }) => name::is_stdio(path) && output::is_unread(source),
        _ => false,
    }
}

fn is_interrupt(done: &anyhow::Result<Report>) -> bool {
    let Err(error) = done else {
        return false;
    };
    matches!(error.downcast_ref(), Some(Error::Interrupted))
        || matches!(error.downcast_ref(), Some(hdd::Error::Interrupted))
}

fn is_no_disc(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        // What goes by the name of a ZSO file is a damaged one.
        Some(Error::NotZso { path }) => !name::is_zso(path),
        error => error.is_some_and(Error::is_no_disc),
    }
}

fn skipped(task: &Task) -> Report {
    Report::done(
        format!("{}: exists, skipped\n", shown(&task.output)),
        json!({"output": task.output.to_string_lossy(), "skipped": true}),
    )
}

/// Files that were named, and those of folders that were.
pub(crate) fn found(inputs: &[PathBuf], takes: fn(&Path) -> bool) -> anyhow::Result<Vec<Found>> {
    let mut all = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            all.push(Found {
                path: input.clone(),
                below: input.file_name().unwrap_or_default().into(),
                is_named: true,
            });
            continue;
        }
        let mut files = Vec::new();
        for entry in WalkDir::new(input).follow_links(true).sort_by_file_name() {
            let entry = entry.with_context(|| format!("cannot look through {}", shown(input)))?;
            if entry.file_type().is_file() && !is_hidden(entry.path()) && takes(entry.path()) {
                let below = entry.path().strip_prefix(input)?.to_owned();
                files.push(Found {
                    path: entry.into_path(),
                    below,
                    is_named: false,
                });
            }
        }
        if files.is_empty() {
            bail!(
                "no file in {} has an ending that would do; name files instead",
                shown(input)
            );
        }
        all.extend(without_tracks(files));
    }
    Ok(all)
}

/// Without the tracks of discs whose .cue files are there, too: those stand for them.
fn without_tracks(mut files: Vec<Found>) -> Vec<Found> {
    let mut tracks = BTreeSet::new();
    files.retain(|file| {
        if !name::is_cue(&file.path) {
            return true;
        }
        let named = ziso::tracks(&file.path).map_err(anyhow::Error::from);
        if let Err(error) = &named {
            output::warn(&format!(
                "{error:#}; the files that it names are taken for themselves"
            ));
        }
        let is_of_use = named.is_ok();
        tracks.extend(named.unwrap_or_default());
        is_of_use
    });
    files.retain(|file| !tracks.contains(&file.path));
    files
}

pub(crate) fn paths(inputs: &[PathBuf], takes: fn(&Path) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let found = found(inputs, takes)?;
    Ok(found.into_iter().map(|found| found.path).collect())
}

/// Some systems put files of their own beside each file, whose names begin with a dot and end alike.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// Makes sure that no two files become the same one.
fn distinct(tasks: Vec<Task>) -> anyhow::Result<Vec<Task>> {
    let mut inputs = BTreeMap::new();
    for task in &tasks {
        if let Some(other) = inputs.insert(&task.output, &task.input) {
            let Task { input, output, .. } = task;
            bail!(
                "both {} and {} would become {}; convert one after the other",
                shown(other),
                shown(input),
                shown(output)
            );
        }
    }
    Ok(tasks)
}
