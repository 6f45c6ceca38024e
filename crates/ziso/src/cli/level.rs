//! How hard to try, as a word or a number.

use ziso::Options;

/// Words for levels.
const PRESETS: [(&str, u8); 3] = [("fast", 1), ("default", 10), ("best", 12)];

/// The level that `word` means; whether a number is one, the library knows.
pub(crate) fn parse(word: &str) -> Result<u8, String> {
    let preset = PRESETS.iter().find(|(name, _)| *name == word);
    match preset {
        Some((_, level)) => Ok(*level),
        None => word.parse().map_err(|_| {
            format!(
                "type --level fast, default or best, or a number from 1 to 12: --level {}",
                Options::default().level
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers() {
        assert_eq!(parse("fast"), Ok(1));
        assert_eq!(parse("default"), Ok(Options::default().level));
        assert_eq!(parse("best"), Ok(12));
        assert_eq!(parse("7"), Ok(7));
        assert!(parse("slow").is_err_and(|message| message.contains("--level fast")));
    }
}
