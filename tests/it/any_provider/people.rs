//! The command line signs in there: a person in the browser, a program with its key.

use std::io::{BufRead, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::Value;
use tests::any_provider::browse;

use super::{CASE_SYSTEM, Client, House, said};

/// A `sign-in` that waits for the browser.
struct Waiting {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    /// Where it sends the browser.
    address: String,
}

impl Client {
    fn sign_in(&self) -> Waiting {
        let mut child = self
            .command(&["sign-in", "--no-browser", "--wait", "60"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut output = BufReader::new(child.stdout.take().expect("its output is ours"));
        let mut address = String::new();
        while !address.trim().starts_with("http") {
            address.clear();
            if output.read_line(&mut address).expect("text") == 0 {
                let mut error = String::new();
                let _ = child.stderr.take().expect("ours").read_to_string(&mut error);
                panic!("it says no address: {error}");
            }
        }
        Waiting {
            child,
            output,
            address: address.trim().to_owned(),
        }
    }

    /// The one file in which the sign-in is kept.
    fn kept(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(&self.sign_ins).ok()?;
        let mut files = files.map(|file| file.expect("a file").path());
        files.find(|file| file.extension().is_some_and(|ending| ending == "json"))
    }

    fn kept_text(&self) -> Value {
        let text = std::fs::read_to_string(self.kept().expect("a sign-in is kept")).expect("it can be read");
        serde_json::from_str(&text).expect("JSON")
    }
}

impl Waiting {
    async fn ended(mut self) -> (i32, String) {
        let ended = tokio::task::spawn_blocking(move || {
            let mut rest = Vec::new();
            self.output.read_to_end(&mut rest).expect("its output");
            let mut output = self.child.wait_with_output().expect("it is our child");
            output.stdout = rest;
            said(&output)
        });
        ended.await.expect("no panic")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_programs_sign_in_at_any_provider() {
    // Shorter than the headroom, so that each command renews.
    let mut house = House::open(&[], 29).await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = house.client(folder.path(), &house.provider.issuer);

    a_program(&client).await;
    nobody(&client).await;
    a_person(&mut house, &client).await;
    what_is_kept(&client).await;
    leaving(&client).await;
    who_cancels_and_who_is_not_admitted(&mut house, &client).await;

    let (code, told) = client.run(&["doctor"]).await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("it describes itself under its own name"), "{told}");
    assert!(told.contains("it publishes 1 usable keys"), "{told}");

    // The same provider by another name is another one.
    let renamed = house.provider.issuer.replace("127.0.0.1", "localhost");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let other = house.client(elsewhere.path(), &renamed);
    let all: [&[&str]; 3] = [
        &["sign-in", "--no-browser"],
        &["whoami", "--as", CASE_SYSTEM],
        &["doctor"],
    ];
    for arguments in all {
        let (code, told) = other.run(arguments).await;
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("it calls itself"), "{told}");
    }
    house.stand.down().await;
}

async fn a_program(client: &Client) {
    let (code, told) = client.run(&["whoami", "--as", CASE_SYSTEM]).await;
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("ilt.casesystem (") && told.contains("case_system"),
        "{told}"
    );
    assert_eq!(client.kept(), None, "a program's token is kept nowhere");
}

async fn nobody(client: &Client) {
    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 2, "{told}");
    assert!(
        told.contains("error[NOT_SIGNED_IN]") && told.contains("samenzicht sign-in"),
        "{told}"
    );
    let (code, told) = client.run(&["sign-out"]).await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("nobody was signed in"), "{told}");
}

async fn a_person(house: &mut House, client: &Client) {
    house.provider.visitor(Some("ilt.inspector"));
    let waiting = client.sign_in();
    let address = reqwest::Url::parse(&waiting.address).expect("an address");
    let asked = |name: &str| {
        let found = address.query_pairs().find(|(own, _)| own == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(
        (asked("response_type").as_str(), asked("code_challenge_method").as_str()),
        ("code", "S256")
    );
    assert!(
        asked("state").len() >= 22 && asked("code_challenge").len() == 43,
        "{address}"
    );
    // Somebody else on this machine neither ends it nor gets anywhere.
    let back = asked("redirect_uri");
    let stranger = "state=somebody-elses-state-0000&code=theirs";
    for query in ["", stranger, &format!("state={0}&state={0}&code=x", asked("state"))] {
        let (status, page) = browse(&format!("{back}?{query}")).await;
        assert_eq!(status, 400, "{page}");
    }
    let (status, page) = browse(&waiting.address).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("U kunt dit venster sluiten"), "{page}");
    let (code, told) = waiting.ended().await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("signed in at") && told.contains("renewed"), "{told}");

    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("ilt.inspector (") && told.contains("toezicht"), "{told}");
    // A provider that is down ends nothing while the token is good.
    house.provider.turn("down");
    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 0, "{told}");
    house.provider.turn("up");
    // Any other command acts as the same person.
    let (code, told) = client.run(&["admin", "--purpose", "toezicht", "pending"]).await;
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("FORBIDDEN"), "{told}");
}

async fn what_is_kept(client: &Client) {
    let file = client.kept().expect("a sign-in is kept");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&client.sign_ins)), (0o600, 0o700));

    // Renewed at each command, and by both that ask at once, of which the second finds what the first has renewed.
    let before = client.kept_text();
    let (one, other) = tokio::join!(client.run(&["whoami"]), client.run(&["whoami"]));
    assert_eq!((one.0, other.0), (0, 0), "{} {}", one.1, other.1);
    let after = client.kept_text();
    for name in ["access_token", "refresh_token"] {
        assert_ne!(before[name], after[name], "{name}");
    }
    for (_, told) in [one, other] {
        for name in ["access_token", "refresh_token"] {
            assert!(!told.contains(after[name].as_str().expect("a text")), "{told}");
        }
    }

    let open = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("ours");
    open(0o644);
    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("others on this machine can read it"), "{told}");
    open(0o600);
}

async fn leaving(client: &Client) {
    let file = client.kept().expect("a sign-in is kept");
    let copy = std::fs::read(&file).expect("it can be read");
    let (code, told) = client.run(&["sign-out"]).await;
    assert_eq!((code, told.trim()), (0, "signed out"));
    assert_eq!(client.kept(), None);
    let (code, told) = client.run(&["whoami"]).await;
    assert!(code == 2 && told.contains("NOT_SIGNED_IN"), "{told}");

    // What was copied before renews nothing any more.
    std::fs::write(&file, copy).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("ours");
    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 2, "{told}");
    assert!(
        told.contains("error[SIGN_IN_ENDED]") && told.contains("samenzicht sign-in"),
        "{told}"
    );
    assert_eq!(client.kept(), None);
}

async fn who_cancels_and_who_is_not_admitted(house: &mut House, client: &Client) {
    house.provider.visitor(None);
    let waiting = client.sign_in();
    browse(&waiting.address).await;
    let (code, told) = waiting.ended().await;
    assert_eq!(code, 2, "{told}");
    assert!(
        told.contains("access_denied") && told.contains("the visitor cancelled"),
        "{told}"
    );
    assert_eq!(client.kept(), None);

    house.provider.visitor(Some("ilt.stranger"));
    let waiting = client.sign_in();
    browse(&waiting.address).await;
    assert_eq!(waiting.ended().await.0, 0);
    let (code, told) = client.run(&["whoami"]).await;
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("ACCOUNT_UNKNOWN"), "{told}");
    let introduced = format!("--issuer {} --subject person-ilt.stranger", house.provider.issuer);
    assert!(told.contains(&introduced), "what an administrator needs: {told}");
}
