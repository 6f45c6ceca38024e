//! The figures, for other programs.

use serde_json::{Value, json};

use super::figures::{Decoded, Figures, ImageFacts, Load, ObjectFacts, Played};
use crate::work::Work;

/// All of them.
pub fn of(figures: &Figures) -> Value {
    json!({
        "image": image(&figures.image),
        "object": object(&figures.object),
        "patterns": figures.played.iter().map(played).collect::<Vec<_>>(),
        "loads": figures.loads.iter().map(load).collect::<Vec<_>>(),
        "decoder": figures.decoded.as_ref().map(decoded),
    })
}

fn image(image: &ImageFacts) -> Value {
    json!({
        "name": image.name,
        "sectors": image.sectors,
        "sha256": image.sha256,
        "zso_bytes": image.zso_bytes,
        "level": image.level,
        "blocks": image.blocks,
        "plain_blocks": image.plain_blocks,
    })
}

fn object(object: &ObjectFacts) -> Value {
    let workspace = |&(read_ahead, bytes): &(u32, u32)| json!({ "read_ahead_sectors": read_ahead, "bytes": bytes });
    json!({
        "compiler": object.compiler,
        "code_bytes": object.code,
        "code_budget": object.budget,
        "stack_bytes": object.stack,
        "workspaces": object.workspaces.iter().map(workspace).collect::<Vec<_>>(),
    })
}

fn played(played: &Played) -> Value {
    json!({
        "pattern": played.pattern,
        "read_ahead_sectors": played.read_ahead,
        "whole_image": played.whole,
        "reads": played.reads,
        "device_requests": played.requests,
        "device_sectors": played.device_sectors,
        "requests_per_read": played.requests_per_read(),
        "device_sectors_per_sector": played.sectors_per_sector(),
        "stack_bytes": played.stack,
        "work": work(&played.work),
    })
}

fn load(load: &Load) -> Value {
    json!({ "load_cycles": load.cycles, "reads": load.reads, "work": work(&load.work) })
}

fn decoded(decoded: &Decoded) -> Value {
    json!({ "blocks": decoded.blocks, "work": work(&decoded.work) })
}

fn work(work: &Work) -> Value {
    json!({
        "bytes": work.bytes,
        "instructions": work.instructions,
        "cycles": work.cycles,
        "instructions_per_byte": work.instructions_per_byte(),
        "cycles_per_byte": work.cycles_per_byte(),
        "megabytes_per_second": work.megabytes_per_second(),
    })
}
