//! The settings of extensions are read like the product's own.

use secrecy::ExposeSecret;

use super::*;

fn config(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources_with(Role::AllInOne, &["shop"], &file.parse().unwrap(), variables)
}

#[test]
fn the_settings_of_a_section_come_from_the_file_and_the_environment() {
    let file = "[shop]\nopen = true\nkey = \"hunter2\"\n[shop.prices]\ntea = 450\ncoffee = 500";
    let config = config(file, &[("TIDEMARK_SHOP__PATIENCE_SECONDS", "7")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let mut section = config.section("shop");
    assert_eq!(section.optional("open", "true or false"), Some(true));
    assert_eq!(section.secret("key").unwrap().expose_secret(), "hunter2");
    assert_eq!(section.seconds("patience_seconds", 1, 1..=60), Duration::from_secs(7));
    assert_eq!(section.number("most", 3, 1..=5), 3);
    let prices = section.table("prices").into_iter().collect::<Vec<_>>();
    assert_eq!(prices, [("coffee".to_owned(), "500".to_owned()), ("tea".to_owned(), "450".to_owned())]);
    assert_eq!(section.finish(), Ok(()));
}

#[test]
fn everything_that_is_wrong_in_a_section_is_told_at_once_by_full_names() {
    let config = config("[shop]\nmost = 9\ntypo = 1", &[]).unwrap();
    let mut section = config.section("shop");
    assert_eq!(section.number("most", 3, 1..=5), 9);
    section.refuse("url", "is required");
    let refused = section.finish().unwrap_err().to_string();
    for problem in ["shop.most (TIDEMARK_SHOP__MOST): must be a", "shop.url (TIDEMARK_SHOP__URL)", "shop.typo"] {
        assert!(refused.contains(problem), "{refused}");
    }
}

#[test]
fn a_section_that_nobody_has_announced_is_a_mistake() {
    assert!(config("[store]\nopen = true", &[]).unwrap_err().to_string().contains("store.open"));
}
