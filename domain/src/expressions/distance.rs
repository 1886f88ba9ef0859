//! Which known name somebody may have meant.

/// The name that is at most two changed, missing or swapped letters away, and fewer than half of its letters.
pub(super) fn closest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // Longer ones are no slips of the pen, and would take long to compare.
    if wanted.len() > 64 {
        return None;
    }
    let near = known.into_iter().map(|name| (distance(wanted, name), name));
    near.filter(|(distance, name)| *distance <= 2 && *distance * 2 < name.chars().count().max(2))
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before = vec![0; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for row in 1..=from.len() {
        let mut current = vec![row; to.len() + 1];
        for column in 1..=to.len() {
            let changed = usize::from(from[row - 1] != to[column - 1]);
            let mut least = (last[column] + 1).min(current[column - 1] + 1).min(last[column - 1] + changed);
            let is_swap = row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if is_swap {
                least = least.min(before[column - 2] + 1);
            }
            current[column] = least;
        }
        before = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        let known = ["status", "title", "created_at", "x"];
        for (wanted, meant) in
            [("stauts", "status"), ("titel", "title"), ("createdat", "created_at"), ("Title", "title")]
        {
            assert_eq!(closest(wanted, known).as_deref(), Some(meant));
        }
    }

    #[test]
    fn another_word_is_not_taken_for_a_slip() {
        for wanted in ["owner", "", "y", "created"] {
            assert_eq!(closest(wanted, ["status", "title", "created_at", "x"]), None, "{wanted}");
        }
    }
}
