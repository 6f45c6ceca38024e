//! Tables in Markdown that can also be read as they are.

/// The names of columns, which have bars between them.
pub fn columns(head: &str) -> Vec<&str> {
    head.split(" | ").collect()
}

/// A table whose columns are as wide as their widest cell.
///
/// All rows are as long as the head.
pub fn grid<R: AsRef<[String]>>(head: &[&str], rows: &[R]) -> String {
    let head: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let mut widths = vec![0; head.len()];
    let rows = rows.iter().map(AsRef::as_ref);
    let all: Vec<&[String]> = [&head[..], &rule[..]].into_iter().chain(rows).collect();
    for row in &all {
        for (width, cell) in widths.iter_mut().zip(*row) {
            *width = cell.len().max(*width);
        }
    }
    let line = |row: &&[String]| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("| {cell:width$} "));
        cells.collect::<String>() + "|\n"
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["1".to_owned(), "long".to_owned()]];
        assert_eq!(
            grid(&["a", "b"], &rows),
            "| a   | b    |\n| --- | ---  |\n| 1   | long |\n"
        );
    }
}
