//! Spans of time as CEL writes them: `1h30m`, `24h`, `500ms`.

use chrono::TimeDelta;

/// CEL's own bound: 10,000 years.
const MAX_MICROSECONDS: i128 = 315_576_000_000 * 1_000_000;

/// Numbers with units, largest first or not: `h`, `m`, `s`, `ms`, `us`. What is below a microsecond is cut off.
pub(super) fn parse(text: &str) -> Option<TimeDelta> {
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (part, after) = part(rest)?;
        total = total.checked_add(part)?;
        rest = after;
    }
    let microseconds = (if is_negative { -total } else { total }) / 1000;
    if microseconds.abs() > MAX_MICROSECONDS {
        return None;
    }
    Some(TimeDelta::microseconds(i64::try_from(microseconds).ok()?))
}

/// The nanoseconds of the first number and unit, and what follows.
fn part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = digits(text)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest)?,
        None => ("", rest),
    };
    let end = rest.find(|char: char| !char.is_ascii_lowercase()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let nanoseconds: i128 = match unit {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" => 1_000,
        _ => return None,
    };
    let mut total = whole.parse::<i64>().ok().map(i128::from)?.checked_mul(nanoseconds)?;
    if !fraction.is_empty() {
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        total += fraction.parse::<i64>().ok().map(i128::from)?.checked_mul(nanoseconds)? / scale;
    }
    Some((total, rest))
}

fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 { None } else { Some(text.split_at(end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_cel_writes_them() {
        let spans = [
            ("1h", 3_600_000_000),
            ("1h30m", 5_400_000_000),
            ("1.5h", 5_400_000_000),
            ("-2s", -2_000_000),
            ("500ms", 500_000),
            ("7us", 7),
            ("0s", 0),
            ("87660000h", 315_576_000_000_000_000),
        ];
        for (text, microseconds) in spans {
            assert_eq!(parse(text), Some(TimeDelta::microseconds(microseconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "-", "1", "h", "1d", "1h ", "1 h", ".5h", "1.h", "--1s", "87660001h", "99999999999999999999h"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
