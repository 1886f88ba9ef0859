//! The pages that links in mails lead to.

use api::{account::PAGES, routes::ENDPOINTS};

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_to_a_page_that_runs_no_foreign_script() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for page in PAGES {
        let answer = app.get(&format!("/account/{page}")).send().await;
        assert_eq!(answer.ok(200).header("content-type"), Some("text/html; charset=utf-8"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let html = String::from_utf8(answer.body).unwrap();
        for inline in ["<script>", "<style", "style=", "onclick", "onsubmit", "http:", "https:"] {
            assert!(!html.contains(inline), "{inline}");
        }
    }
    app.get("/account/other").send().await.problem(404, "not_found");
    app.get("/account/account.css").send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_hands_tokens_in_where_they_are_taken() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let script = app.get("/account/account.js").send().await;
    let script = String::from_utf8(script.ok(200).body.clone()).unwrap();
    for page in PAGES {
        assert_eq!(script.matches(&format!("\"{page}\": [")).count(), 2, "{page} in English and German");
        let (_, rest) = script.split_once(&format!("\"{page}\": \"")).unwrap();
        let path = format!("/v1/auth/{}", rest.split('"').next().unwrap());
        assert!(ENDPOINTS.iter().any(|endpoint| endpoint.path == path && endpoint.method == "POST"), "{path}");
    }
    for dangerous in ["innerHTML", "eval(", "document.write", "insertAdjacent", "localStorage", "sessionStorage"] {
        assert!(!script.contains(dangerous), "{dangerous}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_hidden_and_may_be_pasted() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let text = async |path: &str| String::from_utf8(app.get(path).send().await.ok(200).body.clone()).unwrap();
    let (page, script) = (text("/account/reset-password").await, text("/account/account.js").await);
    let fields: Vec<_> = page.split("<input").skip(1).map(|field| field.split('>').next().unwrap()).collect();
    let passwords: Vec<_> = fields.iter().filter(|field| field.contains("password")).collect();
    let [field] = passwords[..] else { panic!("{fields:?}") };
    assert!(field.contains("type=\"password\"") && field.contains("autocomplete=\"new-password\""), "{field}");
    for text in [&page, &script] {
        assert!(["onpaste", "\"paste\"", "autocomplete=\"off\"", "readonly"].iter().all(|word| !text.contains(word)));
    }
}
