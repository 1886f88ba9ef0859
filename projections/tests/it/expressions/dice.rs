//! Chance that can be repeated: SplitMix64, and the values on which two evaluations might differ.

use domain::expressions::canonical_timestamp;
use uuid::Uuid;

pub(super) struct Dice(u64);

/// For byte order against other orders, wildcards, escapes, characters of one to four bytes and two forms of one letter.
const TEXTS: [&str; 30] = [
    "",
    " ",
    "a",
    "A",
    "ab",
    "b",
    "B",
    "Z",
    "z",
    "ä",
    "Ä",
    "a\u{308}",
    "ß",
    "İ",
    "i",
    "\u{fffd}",
    "\u{1f600}",
    "%",
    "_",
    "a%",
    "a_b",
    "axb",
    "\\",
    "a\\b",
    "'",
    "it's",
    "\"",
    "\n",
    "open",
    "null",
];
const INTEGERS: [i64; 14] = [
    0,
    1,
    -1,
    2,
    5,
    (1 << 53) - 1,
    1 << 53,
    (1 << 53) + 1,
    -(1 << 53) - 1,
    1_152_921_504_606_846_976,
    1_152_921_504_606_847_000,
    i64::MIN,
    i64::MAX,
    i64::MAX - 1,
];
const NUMBERS: [f64; 20] = [
    0.0,
    -0.0,
    0.1,
    0.300_000_000_000_000_04,
    1.0,
    1.000_000_000_000_000_2,
    2.5,
    -2.5,
    5.0,
    1e-7,
    9_007_199_254_740_992.0,
    1.152_921_504_606_847e18,
    9.223_372_036_854_776e18,
    -9.223_372_036_854_776e18,
    1e19,
    1e300,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
];

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(super) fn text(&mut self) -> String {
        if self.percent(80) {
            return self.one_of(&TEXTS).to_owned();
        }
        (0..=self.below(3)).map(|_| self.one_of(&TEXTS)).collect()
    }

    pub(super) fn integer(&mut self) -> i64 {
        if self.percent(90) { self.one_of(&INTEGERS) } else { self.next().cast_signed() }
    }

    pub(super) fn number(&mut self) -> f64 {
        if self.percent(80) {
            return self.one_of(&NUMBERS);
        }
        Some(f64::from_bits(self.next())).filter(|number| number.is_finite()).unwrap_or(0.5)
    }

    /// Few, so that they meet.
    pub(super) fn id(&mut self) -> Uuid {
        Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8050 + u128::from(self.next() % 4))
    }

    /// Seconds around a day, and the ends of time.
    pub(super) fn moment(&mut self) -> String {
        let text = match self.below(10) {
            0 => "0001-01-01T00:00:00Z",
            1 => "9999-12-31T23:59:59.999999Z",
            2 => "2026-11-25T12:00:00.000001Z",
            _ => "2026-11-25T12:00:00Z",
        };
        let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
        let shift = if text.starts_with("2026") { i64::try_from(self.below(5)).unwrap() - 2 } else { 0 };
        canonical_timestamp(at + chrono::TimeDelta::seconds(shift))
    }
}
