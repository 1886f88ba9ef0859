//! What is ordered, and what it costs.

use serde::{Deserialize, Serialize};

const MAX_SKU_LENGTH: usize = 64;
pub const MAX_LINES: usize = 50;
pub const MAX_QUANTITY: u32 = 1_000;
/// In minor units. Far below what an `i64` holds, and what clients in JavaScript read exactly.
pub const MAX_TOTAL: i64 = 1_000_000_000_000;

/// Names something that can be ordered: 1 to 64 of `a`–`z`, `0`–`9`, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

/// A currency by its code (ISO 4217), such as `EUR`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

/// An amount in minor units of a currency, such as cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub minor: i64,
    pub currency: Currency,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub sku: Sku,
    pub quantity: u32,
    /// In minor units of the order's currency, as it was when the order was placed.
    pub unit_price: i64,
}

/// The lines of an order, each of something else, with a total that is not beyond reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    items: Vec<Item>,
    total: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 of a-z, 0-9, - and _")]
pub struct InvalidSku;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be three capital letters")]
pub struct InvalidCurrency;

/// What is wrong with a basket; `usize` is the place of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBasket {
    #[error("must have at least one line")]
    Empty,
    #[error("must have at most 50 lines")]
    TooManyLines,
    #[error("must be from 1 to 1000")]
    Quantity(usize),
    #[error("stands there twice")]
    Repeated(usize),
    #[error("costs more than can be ordered at once")]
    TooExpensive,
}

impl Sku {
    pub fn parse(text: &str) -> Result<Self, InvalidSku> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let is_sku = (1..=MAX_SKU_LENGTH).contains(&text.len()) && text.bytes().all(allowed);
        if is_sku { Ok(Self(text.to_owned())) } else { Err(InvalidSku) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Currency {
    pub fn parse(text: &str) -> Result<Self, InvalidCurrency> {
        let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if is_code { Ok(Self(text.to_owned())) } else { Err(InvalidCurrency) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Basket {
    pub fn of(items: Vec<Item>, currency: Currency) -> Result<Self, InvalidBasket> {
        match items.len() {
            0 => return Err(InvalidBasket::Empty),
            1..=MAX_LINES => {}
            _ => return Err(InvalidBasket::TooManyLines),
        }
        let mut minor = 0;
        for (at, item) in items.iter().enumerate() {
            if !(1..=MAX_QUANTITY).contains(&item.quantity) {
                return Err(InvalidBasket::Quantity(at));
            }
            if items[..at].iter().any(|earlier| earlier.sku == item.sku) {
                return Err(InvalidBasket::Repeated(at));
            }
            let price = item.unit_price.checked_mul(i64::from(item.quantity)).ok_or(InvalidBasket::TooExpensive)?;
            minor = price.checked_add(minor).filter(|sum| *sum <= MAX_TOTAL).ok_or(InvalidBasket::TooExpensive)?;
        }
        Ok(Self { items, total: Amount { minor, currency } })
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn total(&self) -> &Amount {
        &self.total
    }
}

impl TryFrom<String> for Sku {
    type Error = InvalidSku;

    fn try_from(text: String) -> Result<Self, InvalidSku> {
        Self::parse(&text)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;

    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

/// As people write it: `12.50 EUR`. Currencies without a hundredth part are written with one all the same.
impl std::fmt::Display for Amount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{:02} {}", self.minor / 100, self.minor % 100, self.currency.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sku: &str, quantity: u32, unit_price: i64) -> Item {
        Item { sku: Sku::parse(sku).unwrap(), quantity, unit_price }
    }

    fn basket(items: &[Item]) -> Result<Basket, InvalidBasket> {
        Basket::of(items.to_vec(), Currency::parse("EUR").unwrap())
    }

    #[test]
    fn a_basket_knows_what_it_costs() {
        let basket = basket(&[item("tea", 2, 450), item("pot", 1, 2_999)]).unwrap();
        assert_eq!((basket.total().minor, basket.total().to_string()), (3_899, "38.99 EUR".to_owned()));
    }

    #[test]
    fn a_basket_that_makes_no_sense_is_refused_with_the_line_that_does_not() {
        assert_eq!(basket(&[]), Err(InvalidBasket::Empty));
        let lines: Vec<_> = (0..51).map(|number| item(&format!("tea-{number}"), 1, 1)).collect();
        assert_eq!(basket(&lines), Err(InvalidBasket::TooManyLines));
        assert!(basket(&lines[..50]).is_ok());
        assert_eq!(basket(&[item("tea", 1, 1), item("pot", 0, 1)]), Err(InvalidBasket::Quantity(1)));
        assert_eq!(basket(&[item("tea", 1_001, 1)]), Err(InvalidBasket::Quantity(0)));
        assert_eq!(basket(&[item("tea", 1, 1), item("tea", 2, 1)]), Err(InvalidBasket::Repeated(1)));
        assert_eq!(basket(&[item("ship", 1_000, MAX_TOTAL)]), Err(InvalidBasket::TooExpensive));
        assert_eq!(basket(&[item("ship", 2, i64::MAX)]), Err(InvalidBasket::TooExpensive));
    }

    #[test]
    fn names_and_currencies_are_plain() {
        for text in ["", "Tea", "tea pot", "tea\0", &"a".repeat(65)] {
            assert_eq!(Sku::parse(text), Err(InvalidSku), "{text}");
        }
        for text in ["", "eur", "EURO", "E1R"] {
            assert_eq!(Currency::parse(text), Err(InvalidCurrency), "{text}");
        }
    }
}
