//! The section `[orders]` of the configuration.

use std::{collections::BTreeMap, time::Duration};

use bootstrap::{
    Config,
    config::{ConfigError, Role, Section},
};
use secrecy::SecretString;
use url::Url;

use crate::domain::{Currency, Method, Sku, basket::MAX_TOTAL};

/// Names the extension.
pub const SECTION: &str = "orders";
const MOST_PRICES: usize = 10_000;

/// What the operator has decided about orders.
#[derive(Clone, Debug)]
pub struct Settings {
    pub currency: Currency,
    /// What can be ordered, and for how much in minor units.
    pub prices: BTreeMap<Sku, i64>,
    /// How long a customer, or the provider, has time to pay.
    pub payment_timeout: Duration,
    /// `None` where nobody can pay by card.
    pub card: Option<Card>,
}

/// The provider that takes cards.
#[derive(Clone, Debug)]
pub struct Card {
    /// Where its API begins.
    pub url: Url,
    /// For one request, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// `None` in processes that do not talk to it.
    pub api_key: Option<SecretString>,
}

impl Settings {
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let mut section = config.section(SECTION);
        let currency = section.text("currency").unwrap_or_else(|| "EUR".to_owned());
        let currency = Currency::parse(&currency).or_else(|error| {
            section.refuse("currency", error.to_string());
            Currency::parse("EUR")
        });
        let settings = Self {
            // What it is replaced by where it is refused is right.
            currency: currency.map_err(|_| ConfigError::Refused(vec![]))?,
            prices: prices(&mut section),
            payment_timeout: section.seconds("payment_timeout_seconds", 900, 1..=86_400),
            card: card(&mut section),
        };
        section.finish()?;
        Ok(settings)
    }

    pub fn offers(&self, method: Method) -> bool {
        match method {
            Method::Card => self.card.is_some(),
            Method::Invoice => true,
        }
    }
}

fn prices(section: &mut Section) -> BTreeMap<Sku, i64> {
    let mut prices = BTreeMap::new();
    for (name, text) in section.table("prices") {
        let key = format!("prices.{name}");
        let price = text.parse().ok().filter(|price| (1..=MAX_TOTAL).contains(price));
        match (Sku::parse(&name), price) {
            (Ok(sku), Some(price)) => drop(prices.insert(sku, price)),
            (Ok(_), None) => section.refuse(&key, "must be a whole number of minor units, such as cents"),
            (Err(error), _) => section.refuse(&key, format!("is no name of something that can be ordered: {error}")),
        }
    }
    if prices.len() > MOST_PRICES {
        section.refuse("prices", format!("must have at most {MOST_PRICES}"));
    }
    prices
}

fn card(section: &mut Section) -> Option<Card> {
    let url: Option<Url> = section.optional("card_url", "an absolute URL");
    let timeout = section.seconds("card_timeout_seconds", 10, 1..=60);
    let talks = match section.role {
        Role::AllInOne | Role::Worker => true,
        Role::Api | Role::Projector | Role::Migration => false,
    };
    let api_key = if talks {
        section.secret("card_api_key")
    } else {
        section.leave("card_api_key");
        None
    };
    let url = url?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        section.refuse("card_url", "must be an https:// or http:// URL with a host");
    } else if url.scheme() != "https" && !section.environment.is_development() {
        section.refuse("card_url", "must start with https:// outside development");
    }
    if talks && api_key.is_none() {
        section.refuse("card_api_key", "is required together with orders.card_url");
    }
    Some(Card { url, timeout, api_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(role: Role, file: &str) -> Result<Settings, String> {
        let config = Config::from_sources_with(role, &[SECTION], &file.parse().unwrap(), []).unwrap();
        Settings::read(&config).map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_nothing_can_be_ordered_and_only_on_account() {
        let settings = read(Role::AllInOne, "").unwrap();
        assert!(settings.prices.is_empty() && settings.offers(Method::Invoice) && !settings.offers(Method::Card));
        assert_eq!((settings.currency.as_str(), settings.payment_timeout.as_secs()), ("EUR", 900));
    }

    #[test]
    fn prices_and_the_provider_come_from_the_section() {
        let file = "[orders]\ncurrency = \"CHF\"\ncard_url = \"http://127.0.0.1:9\"\ncard_api_key = \"k\"\n\
                    [orders.prices]\ntea = 450";
        let settings = read(Role::Worker, file).unwrap();
        assert_eq!(settings.prices.get(&Sku::parse("tea").unwrap()), Some(&450));
        assert!(settings.card.is_some_and(|card| card.api_key.is_some()));
        let api = read(Role::Api, file).unwrap();
        assert!(api.card.is_some_and(|card| card.api_key.is_none()), "it has no use for the key");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let file = "[orders]\ncurrency = \"euro\"\ncard_url = \"ftp://x\"\nshop = 1\n\
                    [orders.prices]\ntea = 0\n\"Tea Pot\" = 5";
        let refused = read(Role::Worker, file).unwrap_err();
        for key in ["orders.currency", "orders.card_url", "orders.card_api_key", "orders.shop", "orders.prices.tea"] {
            assert!(refused.contains(key), "{key}: {refused}");
        }
        assert!(refused.contains("orders.prices.Tea Pot"), "{refused}");
    }
}
