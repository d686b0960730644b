//! The page for people.

use gateway::Graphiql;

use crate::toy::client::plain;
use crate::toy::stand::{Shape, Stand};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn filled_in() -> Graphiql {
    Graphiql {
        query: "{ me { name } } # </script>".into(),
        headers: "{ \"Samenzicht-Purpose\": \"toezicht\" }".into(),
        tabs: vec![(
            "query Second { me { name } }".into(),
            "{ \"Samenzicht-Purpose\": \"risicoanalyse\" }".into(),
        )],
        assets: None,
    }
}

#[tokio::test]
async fn a_browser_gets_the_page_without_a_token() {
    let stand = Stand::with(Shape::InProcess, |settings| settings.graphiql = Some(filled_in())).await;
    let get = plain().get(stand.url()).header("accept", BROWSER);
    let response = get.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let html = response.text().await.unwrap();
    assert!(html.contains("Samenzicht-Purpose") && html.contains("integrity=\"sha384-"));
    assert!(
        html.contains("query Second") && html.contains("risicoanalyse"),
        "the other tabs"
    );
    assert!(
        !html.contains("# </script>"),
        "what is filled in cannot end its element"
    );

    let script = plain()
        .get(format!("{}/page/page.js", stand.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(
        plain().get(stand.url()).send().await.unwrap().status(),
        401,
        "no browser"
    );
}

#[tokio::test]
async fn the_pages_files_can_be_our_own() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Graphiql {
        assets: Some(folder.path().into()),
        ..filled_in()
    };
    let mut settings =
        crate::toy::stand::settings(gateway::SupergraphSource::Text(crate::toy::stand::SUPERGRAPH.into()));
    settings.graphiql = Some(missing.clone());
    let error = gateway::start(settings).await.err().expect("refused");
    assert!(format!("{error:#}").contains("infra/graphiql"), "{error:#}");

    for name in [
        "graphiql.min.css",
        "graphiql.min.js",
        "react.production.min.js",
        "react-dom.production.min.js",
    ] {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let stand = Stand::with(Shape::InProcess, |settings| settings.graphiql = Some(missing)).await;
    let html = plain()
        .get(stand.url())
        .header("accept", BROWSER)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!html.contains("https://"), "{html}");
    let file = plain()
        .get(format!("{}/page/graphiql.min.js", stand.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(file.text().await.unwrap(), "graphiql.min.js");
    let other = plain()
        .get(format!("{}/page/..%2Fsecret", stand.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 401);
}

#[tokio::test]
async fn without_the_setting_there_is_no_page() {
    let stand = Stand::up(Shape::InProcess).await;
    let response = plain().get(stand.url()).header("accept", BROWSER).send().await.unwrap();
    assert_eq!(response.status(), 401);
}
