//! The mails about orders, in every language.

use workers::mailer::{MailText, MailTexts};

macro_rules! texts {
    ($kind:literal) => {
        MailTexts { kind: $kind, en: texts!($kind, "en"), de: texts!($kind, "de") }
    };
    ($kind:literal, $language:literal) => {
        MailText {
            subject: include_str!(concat!("../templates/", $kind, ".", $language, ".subject")),
            text: include_str!(concat!("../templates/", $kind, ".", $language, ".txt")),
            html: include_str!(concat!("../templates/", $kind, ".", $language, ".html")),
        }
    };
}

pub const CONFIRMED: MailTexts = texts!("order_confirmed");
pub const CANCELLED: MailTexts = texts!("order_cancelled");
pub const REFUNDED: MailTexts = texts!("order_refunded");
pub const INVOICE: MailTexts = texts!("order_invoice");
