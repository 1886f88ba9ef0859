//! The fields of a webhook's definition, as requests give them.

use bootstrap::{NetworkGuard, network_guard::Forbidden};
use domain::{
    collections::CollectionName,
    webhooks::{
        EventSelection, WebhookDescription, WebhookFilter, WebhookUrl, definition::InvalidDefinition,
        description::InvalidWebhookDescription, filter::InvalidWebhookFilter, selection::InvalidSelection,
        url::InvalidWebhookUrl,
    },
};

use crate::error::FieldError;

/// An address that may be sent to, as far as its text shows. What its name leads to shows when it is sent to.
pub(super) fn parse_url(text: &str, guard: &NetworkGuard, errors: &mut Vec<FieldError>) -> Option<WebhookUrl> {
    let url = WebhookUrl::parse(text).map_err(|error| errors.push(url_error(error))).ok()?;
    guard.check_url(url.as_url()).map_err(|error| errors.push(forbidden(error))).ok()?;
    Some(url)
}

fn url_error(error: InvalidWebhookUrl) -> FieldError {
    let code = match error {
        InvalidWebhookUrl::TooLong => "too_long",
        InvalidWebhookUrl::Malformed => "malformed",
        InvalidWebhookUrl::OtherScheme => "scheme_not_allowed",
        InvalidWebhookUrl::Credentials => "credentials",
        InvalidWebhookUrl::Fragment => "fragment",
    };
    FieldError::at("/url", code, error.to_string())
}

fn forbidden(error: Forbidden) -> FieldError {
    let code = match error {
        Forbidden::Scheme => "scheme_not_allowed",
        Forbidden::Host => "malformed",
        Forbidden::Port => "port_not_allowed",
        Forbidden::Address => "address_not_allowed",
    };
    FieldError::at("/url", code, error.to_string())
}

pub(super) fn parse_events(entries: &[String], errors: &mut Vec<FieldError>) -> Option<EventSelection> {
    let error = |error: InvalidSelection| {
        let (pointer, code) = match error {
            InvalidSelection::Empty => ("/events".to_owned(), "empty"),
            InvalidSelection::TooMany => ("/events".to_owned(), "too_many"),
            InvalidSelection::Unknown(at) => (format!("/events/{at}"), "unknown_event"),
        };
        FieldError::at(pointer, code, error.to_string())
    };
    EventSelection::parse(entries).map_err(|refused| errors.push(error(refused))).ok()
}

pub(super) fn parse_collection(text: &str, errors: &mut Vec<FieldError>) -> Option<CollectionName> {
    CollectionName::parse(text).map_err(|_| errors.push(unknown_collection())).ok()
}

/// For a name that is none, too: it names nothing.
pub(super) fn unknown_collection() -> FieldError {
    FieldError::at("/collection", "unknown_collection", "there is no such collection")
}

pub(super) fn parse_filter(text: &str, errors: &mut Vec<FieldError>) -> Option<WebhookFilter> {
    let error = |error: InvalidWebhookFilter| {
        let code = match error {
            InvalidWebhookFilter::Empty => "empty",
            InvalidWebhookFilter::TooLong => "too_long",
        };
        FieldError::at("/filter", code, error.to_string())
    };
    WebhookFilter::parse(text).map_err(|refused| errors.push(error(refused))).ok()
}

pub(super) fn parse_description(text: &str, errors: &mut Vec<FieldError>) -> Option<WebhookDescription> {
    let error = |error: InvalidWebhookDescription| {
        let code = match error {
            InvalidWebhookDescription::TooLong => "too_long",
            InvalidWebhookDescription::ControlCharacter => "control_character",
        };
        FieldError::at("/description", code, error.to_string())
    };
    WebhookDescription::parse(text).map_err(|refused| errors.push(error(refused))).ok()
}

/// Of parts that are good one by one and do not go together.
pub(super) fn definition_error(error: InvalidDefinition) -> FieldError {
    let (pointer, code) = match error {
        InvalidDefinition::NotOfRecords => ("/events", "not_of_records"),
        InvalidDefinition::FilterWithoutCollection => ("/filter", "no_collection"),
    };
    FieldError::at(pointer, code, error.to_string())
}
