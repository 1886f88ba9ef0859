//! Expressions at their limits and beyond.

use super::{
    super::{Expression, MAX_BRACKETS, MAX_BYTES, MAX_DEPTH, MAX_LIST_ITEMS, MAX_PREDICATES, MAX_SIGNS, Problem},
    schema,
};

fn problem(source: &str) -> Option<Problem> {
    Expression::parse(source, &schema()).err().map(|error| error.problem)
}

fn chain(operator: &str, count: usize) -> String {
    vec!["record.done"; count].join(operator)
}

#[test]
fn an_expression_has_at_most_32_predicates() {
    for operator in [" && ", " || "] {
        assert_eq!(problem(&chain(operator, MAX_PREDICATES)), None);
        assert_eq!(problem(&chain(operator, MAX_PREDICATES + 1)), Some(Problem::TooManyPredicates));
    }
}

#[test]
fn operators_are_at_most_8_deep() {
    let nested = |depth: usize| {
        let open: String = (1..depth).map(|level| if level % 2 == 0 { "!(" } else { "(record.done && " }).collect();
        format!("{open}record.count == 1{}", ")".repeat(depth - 1))
    };
    assert_eq!(problem(&nested(MAX_DEPTH)), None);
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), Some(Problem::TooDeep));
    let lowered = |times: usize| format!("record.title{} == \"a\"", ".lowerAscii()".repeat(times));
    assert_eq!(problem(&lowered(MAX_DEPTH - 1)), None);
    assert_eq!(problem(&lowered(MAX_DEPTH)), Some(Problem::TooDeep));
}

#[test]
fn a_list_has_at_most_100_items() {
    let list = |items: usize| format!("record.count in [{}]", vec!["1"; items].join(","));
    assert_eq!(problem(&list(MAX_LIST_ITEMS)), None);
    assert_eq!(problem(&list(MAX_LIST_ITEMS + 1)), Some(Problem::ListTooLong));
}

#[test]
fn an_expression_has_at_most_4096_bytes_64_brackets_and_512_signs() {
    let padded = |length: usize| format!("record.done{}", " ".repeat(length - "record.done".len()));
    assert_eq!(problem(&padded(MAX_BYTES)), None);
    assert_eq!(problem(&padded(MAX_BYTES + 1)), Some(Problem::TooLong));
    let bracketed = |count: usize| format!("{}record.done{}", "(".repeat(count), ")".repeat(count));
    assert_eq!(problem(&bracketed(MAX_BRACKETS)), None);
    assert_eq!(problem(&bracketed(MAX_BRACKETS + 1)), Some(Problem::TooManyBrackets));
    let signed = |count: usize| format!("record.title != \"{}\"", "-".repeat(count - 1));
    assert_eq!(problem(&signed(MAX_SIGNS)), None);
    assert_eq!(problem(&signed(MAX_SIGNS + 1)), Some(Problem::TooManySigns));
}

/// A thread of the server has 2 MiB of stack, and something stands on it already.
#[test]
fn no_text_overflows_the_stack() {
    let shapes: [(&str, &str, &str, usize); 15] = [
        ("(", "record.done", ")", MAX_BRACKETS),
        ("!(", "record.done", ")", MAX_BRACKETS),
        ("[", "1", "]", MAX_BRACKETS),
        ("{1:", "1", "}", MAX_BRACKETS),
        ("f(", "1", ")", MAX_BRACKETS),
        ("a[", "1", "]", MAX_BRACKETS),
        ("a.f(1).", "b", "", MAX_BRACKETS),
        ("!", "record.done", "", MAX_BYTES),
        ("a.", "b", "", MAX_BYTES),
        ("a?b:", "c", "", MAX_BYTES),
        ("a||", "b", "", MAX_BYTES),
        ("1 in ", "b", "", MAX_BYTES),
        ("- ", "1", "", MAX_SIGNS),
        ("1+", "1", "", MAX_SIGNS),
        ("1==", "1", "", MAX_SIGNS / 2),
    ];
    let sums = "1+".repeat(MAX_SIGNS);
    let lists = format!("{}{sums}1{}", "[".repeat(MAX_BRACKETS), "]".repeat(MAX_BRACKETS));
    let repeated = shapes.map(|(before, middle, after, most)| {
        let times = most.min((MAX_BYTES - middle.len()) / (before.len() + after.len()));
        format!("{}{middle}{}", before.repeat(times), after.repeat(times))
    });
    for source in repeated.into_iter().chain([lists]) {
        let name: String = source.chars().take(8).collect();
        let thread = std::thread::Builder::new().stack_size(3 << 19).name(name.clone());
        let problem = thread.spawn(move || problem(&source)).unwrap().join().unwrap();
        let reached_the_parser =
            !matches!(problem, Some(Problem::TooLong | Problem::TooManyBrackets | Problem::TooManySigns));
        assert!(reached_the_parser, "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_never_harms() {
    let tokens = [
        "record",
        ".",
        "title",
        "==",
        "!=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "&&",
        "||",
        "!",
        "-",
        "5",
        "1.5",
        "\"a\"",
        "'",
        "\"",
        "\\",
        " in ",
        "null",
        "true",
        ",",
        "?",
        ":",
        "has",
        "size",
        "now",
        "ö",
        "\n",
        "`",
        "b'",
        "r\"",
        "'''",
        "1u",
        "0x",
        "1e",
        "😀",
        "\0",
        " ",
        "+",
        "*",
        "/",
        "%",
        "<",
        "@",
        "//",
        "\\u12",
        "\\777",
        "\\ud800",
        "duration(\"1h\")",
    ];
    let mut seed = 88_172_645_463_325_252_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    let schema = schema();
    let mut refused = 0;
    for _ in 0..5000 {
        let source: String = (0..=next(14)).map(|_| tokens[next(tokens.len())]).collect();
        if let Err(error) = Expression::parse(&source, &schema) {
            refused += 1;
            let (line, column) = (error.position.line, error.position.column);
            let width = source.split('\n').nth(line - 1).map(|line| line.chars().count());
            assert!(width.is_some_and(|width| column <= width + 1), "{source:?}: {error}");
        }
    }
    assert!(refused > 4000, "{refused}");
}
