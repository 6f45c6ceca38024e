//! `ziso hdd disks`

use serde_json::{Value, json};
use ziso::hdd::disks::{Seen, see};
use zso_report::{plain, shown};

use super::super::args::Common;
use super::super::exit::Exit;
use super::super::output;

/// List the disks of this computer, and say which of them are the console's
///
/// Looking at what is on a disk takes the rights of an administrator on most systems.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd disks")]
pub(crate) struct Disks {}

impl Disks {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let disks = see()?;
        match common.json {
            true => disks
                .iter()
                .try_for_each(|seen| output::print_json(&as_json(seen)))?,
            false if disks.is_empty() => output::print("no disks\n")?,
            false => output::print(&disks.iter().map(line).collect::<String>())?,
        }
        Ok(Exit::Fine)
    }
}

fn line(seen: &Seen) -> String {
    let disk = &seen.disk;
    let size = match disk.bytes {
        Some(bytes) => format!("{} GiB", bytes >> 30),
        None => "?".to_owned(),
    };
    let content = match &seen.content {
        Ok(content) => content.to_string(),
        Err(why) => format!(
            "cannot be looked at ({}); run this as administrator",
            plain(why)
        ),
    };
    let used = match disk.mount_point.as_deref() {
        None => String::new(),
        Some(place) => format!(", in use, mounted at {}", plain(place)),
    };
    let path = shown(&disk.path).to_string();
    let model = plain(&disk.model).to_string();
    format!("{path:<22} {size:>9}  {model:<24}  {content}{used}\n")
}

fn as_json(seen: &Seen) -> Value {
    let disk = &seen.disk;
    let is_console = matches!(seen.content, Ok(ps2_apa::Content::Apa(_)));
    json!({
        "path": disk.path.to_string_lossy(),
        "bytes": disk.bytes,
        "model": disk.model,
        "mounted_at": disk.mount_point,
        "content": seen.content.as_ref().ok().map(ToString::to_string),
        "is_console": is_console,
        "error": seen.content.as_ref().err(),
    })
}
