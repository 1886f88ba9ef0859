//! How the mails read.

use domain::webhooks::Disablement;
use event_store::one_time_token::Purpose;
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{
        Notice,
        matter::{OneTimeLink, SecurityReason},
    },
    *,
};

const HOSTILE: &str = "<b>Eve</b> & \"co\"\r\nBcc: all@example.com";
const LOCALES: [Locale; 2] = [Locale::En, Locale::De];
const PURPOSES: [Purpose; 4] =
    [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::ChangeEmail, Purpose::UndoEmailChange];
const REASONS: [SecurityReason; 11] = [
    SecurityReason::PasswordChanged,
    SecurityReason::RefreshTokenReused,
    SecurityReason::TotpOn,
    SecurityReason::TotpOff,
    SecurityReason::RecoveryCodeUsed,
    SecurityReason::RecoveryCodesReplaced,
    SecurityReason::EmailChangeUndone,
    SecurityReason::AccountSuspended,
    SecurityReason::AccountReactivated,
    SecurityReason::SecondFactorReset,
    SecurityReason::ApiKeyCreated,
];
const DISABLEMENTS: [Disablement; 3] = [Disablement::Gone, Disablement::Failing, Disablement::FilterNotApplicable];

fn templates() -> Templates {
    Templates::new(&Url::parse("https://tidemark.example").unwrap()).unwrap()
}

fn link(purpose: Purpose) -> Matter {
    let expires_at = DateTime::from_timestamp(1_791_000_059, 0).unwrap();
    Matter::OneTimeLink(OneTimeLink { purpose, token: "T0k-en_".to_owned(), expires_at })
}

fn all_matters() -> impl Iterator<Item = Matter> {
    [Matter::Welcome, Matter::RegistrationRepeated]
        .into_iter()
        .chain(PURPOSES.map(link))
        .chain(REASONS.map(Matter::SecurityAlert))
        .chain([export_ready()])
        .chain(DISABLEMENTS.map(webhook_disabled))
}

fn webhook_disabled(reason: Disablement) -> Matter {
    let values = json!({"webhook_id": Uuid::from_u128(7), "description": "Tells the shop", "reason": reason.as_str()});
    Matter::Further(Notice { kind: "webhook_disabled", values })
}

fn export_ready() -> Matter {
    Matter::ExportReady(DateTime::from_timestamp(1_791_000_059, 0).unwrap())
}

fn rendered(matter: &Matter, locale: Locale, name: Option<&str>) -> String {
    let Content { subject, text, html } = templates().render(matter, locale, name).unwrap();
    format!("{subject}\n\n-- text --\n{text}\n-- html --\n{html}")
}

#[test]
fn the_welcome_mail_reads_well() {
    insta::assert_snapshot!("welcome_en", rendered(&Matter::Welcome, Locale::En, Some("Ada")));
    insta::assert_snapshot!("welcome_de", rendered(&Matter::Welcome, Locale::De, Some("Ada")));
    insta::assert_snapshot!("welcome_en_without_name", rendered(&Matter::Welcome, Locale::En, None));
}

#[test]
fn the_mail_about_a_repeated_registration_reads_well() {
    let matter = Matter::RegistrationRepeated;
    insta::assert_snapshot!("registration_repeated_en", rendered(&matter, Locale::En, Some("Ada")));
    insta::assert_snapshot!("registration_repeated_de", rendered(&matter, Locale::De, Some("Ada")));
    insta::assert_snapshot!("registration_repeated_de_without_name", rendered(&matter, Locale::De, None));
}

#[test]
fn mails_with_a_link_read_well() {
    for matter in PURPOSES.map(link) {
        for locale in LOCALES {
            let name = format!("{}_{}", matter.kind().as_str(), locale.as_str());
            insta::assert_snapshot!(name, rendered(&matter, locale, Some("Ada")));
        }
    }
    let matter = link(Purpose::VerifyEmail);
    insta::assert_snapshot!("verification_de_without_name", rendered(&matter, Locale::De, None));
}

#[test]
fn the_mail_about_an_export_reads_well() {
    for locale in LOCALES {
        let name = format!("export_ready_{}", locale.as_str());
        insta::assert_snapshot!(name, rendered(&export_ready(), locale, Some("Ada")));
    }
}

#[test]
fn the_mail_about_a_webhook_reads_well() {
    for locale in LOCALES {
        let mails = DISABLEMENTS.map(|reason| rendered(&webhook_disabled(reason), locale, Some("Ada")));
        insta::assert_snapshot!(format!("webhook_disabled_{}", locale.as_str()), mails.join("\n----\n"));
    }
}

#[test]
fn security_alerts_read_well() {
    for locale in LOCALES {
        let name = format!("security_alert_{}", locale.as_str());
        let matter = Matter::SecurityAlert(SecurityReason::PasswordChanged);
        insta::assert_snapshot!(name, rendered(&matter, locale, Some("Ada")));
        let alert = |reason| {
            let Content { subject, text, .. } =
                templates().render(&Matter::SecurityAlert(reason), locale, None).unwrap();
            format!("{subject}\n\n{text}")
        };
        insta::assert_snapshot!(format!("security_alerts_{}", locale.as_str()), REASONS.map(alert).join("\n----\n"));
    }
}

#[test]
fn text_and_html_tell_the_same_of_every_security_alert() {
    for reason in REASONS {
        for locale in LOCALES {
            let Content { text, html, .. } = templates().render(&Matter::SecurityAlert(reason), locale, None).unwrap();
            for paragraph in text.split("\n\n").skip(1).take(2) {
                assert!(paragraph.len() > 20 && html.contains(paragraph), "{reason:?}: {paragraph}");
            }
        }
    }
}

#[test]
fn a_name_cannot_bring_markup_or_headers_with_it() {
    for matter in all_matters() {
        for locale in LOCALES {
            let content = templates().render(&matter, locale, Some(HOSTILE)).unwrap();
            assert!(!content.html.contains("<b>Eve"), "{}", content.html);
            assert!(content.html.contains("&lt;b&gt;Eve"), "{}", content.html);
            assert!(!content.subject.contains(char::is_control), "{}", content.subject);
            assert!(!content.subject.contains("Eve"), "{}", content.subject);
        }
    }
}

#[test]
fn a_link_stands_alone_on_a_line_of_the_text_and_is_in_the_html() {
    for purpose in PURPOSES {
        for locale in LOCALES {
            let Content { subject, text, html } = templates().render(&link(purpose), locale, Some("Ada")).unwrap();
            let links: Vec<_> = text.lines().filter(|line| line.contains("#token=")).collect();
            assert!(matches!(links[..], [line] if line.ends_with("#token=T0k-en_") && !line.contains(' ')), "{text}");
            assert!(html.replace("&#x2f;", "/").contains(&format!("<a href=\"{}\"", links[0])), "{html}");
            assert!(!subject.contains("T0k-en_"), "{subject}");
        }
    }
}

#[test]
fn the_mail_about_an_export_links_to_nothing_that_a_browser_is_refused() {
    for locale in LOCALES {
        let Content { text, html, .. } = templates().render(&export_ready(), locale, None).unwrap();
        assert!(!text.contains("://") && !html.contains("<a "), "{text}{html}");
        assert!(text.contains(&moment(DateTime::from_timestamp(1_791_000_059, 0).unwrap(), locale)), "{text}");
    }
}

#[test]
fn a_text_that_uses_what_its_matter_does_not_have_fails() {
    let templates = templates();
    let render = |name: &str| templates.environment.get_template(name).unwrap().render(context! { name => "Ada" });
    assert!(render("verification.en.txt").is_err());
    assert!(render("security_alert.en.txt").is_err());
}

#[test]
fn times_are_written_as_the_language_has_them() {
    let time = DateTime::from_timestamp(1_791_000_059, 0).unwrap();
    assert_eq!(moment(time, Locale::En), "3 October 2026, 04:00 UTC");
    assert_eq!(moment(time, Locale::De), "03.10.2026, 04:00 Uhr (UTC)");
}

#[test]
fn a_subject_is_one_line() {
    assert_eq!(one_line(" a\r\nBcc: b\0c\u{85}\n"), "a  Bcc: b c");
}
