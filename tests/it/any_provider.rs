//! A provider that is not ours (npm's certified `oidc-provider`): people and programs sign in there, keys rotate, it goes
//! down, and what is forged is refused at every door. The account stands in another claim than `sub`.

mod doors;
mod keys;
mod people;

use std::path::Path;
use std::process::Output;

use demo::provider::KeyPair;
use tests::any_provider::{AnyProvider, RESOURCE};
use tests::caller::Caller;
use tests::processes::Processes;
use tests::signer::Signer;
use tests::stand::Stand;

/// The claim in which this provider names the account.
const SUBJECT: &str = "oid";
/// The program's client id; its account has another name.
const PROGRAM: &str = "case-7";
const CASE_SYSTEM: &str = "ilt.casesystem";

/// A provider, a platform that trusts it, and whoever makes tokens with the provider's key.
struct House {
    provider: AnyProvider,
    stand: Stand,
    signer: Signer,
    first: KeyPair,
    /// The program's own key.
    own: KeyPair,
}

impl House {
    /// With more settings below `[identity]`; the provider's tokens live so many seconds.
    async fn open(identity: &[(&str, &str)], seconds: u64) -> Self {
        let pair = || KeyPair::generate().expect("a key");
        let (first, own) = (pair(), pair());
        let provider = AnyProvider::start(&[&first], seconds, (PROGRAM, &own, CASE_SYSTEM));
        let signer = Signer::with(&provider.issuer, &first).naming(SUBJECT);
        let mapping = [
            ("ISSUERS__0__CLAIMS__SUBJECT", SUBJECT),
            ("ISSUERS__0__TOKEN_TYPES", "at+jwt"),
        ];
        let identity: Vec<_> = mapping.iter().chain(identity).copied().collect();
        let processes = Processes::trusting(&provider.issuer, &identity, signer.clone()).await;
        Self {
            stand: Stand::of(processes).await,
            provider,
            signer,
            first,
            own,
        }
    }

    /// The gateway and each service by itself.
    fn doors(&self) -> [(&'static str, Caller); 3] {
        let at = |address| {
            Caller::at(format!("http://{address}/graphql"))
                .purpose("toezicht")
                .english()
        };
        [
            ("gateway", at(self.stand.gateway)),
            ("registry", at(self.stand.registry)),
            ("signals", at(self.stand.signals)),
        ]
    }

    /// The settings of a client of this platform, in a file of this folder.
    fn client(&self, folder: &Path, issuer: &str) -> Client {
        let keys = folder.join("keys");
        std::fs::create_dir_all(&keys).expect("a folder");
        std::fs::write(keys.join(format!("{CASE_SYSTEM}.pem")), self.own.private_pem()).expect("a file");
        let (sign_ins, file) = (folder.join("state/sign-ins"), folder.join("client.toml"));
        let text = format!(
            "[client]\napi = \"http://{api}/graphql\"\nissuer = \"{issuer}\"\nresource = \"{RESOURCE}\"\n\
             prompt = \"consent\"\n\
             assertion_audience = \"issuer\"\nkeys = {keys:?}\nsign_ins = {sign_ins:?}\n\
             [client.client_ids]\n\"{CASE_SYSTEM}\" = \"{PROGRAM}\"\n\
             [[identity.issuers]]\nissuer = \"{issuer}\"\naudiences = [\"samenzicht\"]\n",
            api = self.stand.gateway,
        );
        std::fs::write(&file, text).expect("a file");
        Client {
            file: file.to_str().expect("plain").to_owned(),
            sign_ins,
        }
    }
}

/// The binary as somebody uses it.
#[derive(Clone)]
struct Client {
    file: String,
    sign_ins: std::path::PathBuf,
}

impl Client {
    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let arguments: Vec<String> = ["--config", &self.file]
            .iter()
            .chain(arguments)
            .map(|&one| one.to_owned())
            .collect();
        tests::processes::command(&arguments, &[])
    }

    /// Runs it to its end, off the runtime; its exit code, and everything it said.
    async fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = self.command(arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        said(&output.expect("no panic").expect("the binary runs"))
    }
}

fn said(output: &Output) -> (i32, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    (output.status.code().unwrap_or(-1), all)
}
