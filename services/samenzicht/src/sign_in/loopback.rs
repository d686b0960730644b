//! Where the browser comes back to: a listener on this machine for one answer (RFC 8252, section 7.3).

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use foundation::token::is_loopback;
use oauth2::url::{Host, Url, form_urlencoded};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::SignInError;

/// How long the browser may take to read its page once we are done.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the page says; the command line says how it ended.
const BACK: &str = "<!doctype html><html lang=\"nl\"><meta charset=\"utf-8\"><title>Samenzicht</title>\
    <p>U kunt dit venster sluiten en terug naar de opdrachtregel gaan.\
    <p lang=\"en\">You may close this window and go back to the command line.</html>";
const STRANGE: &str = "<!doctype html><html lang=\"nl\"><meta charset=\"utf-8\"><title>Samenzicht</title>\
    <p>Dit hoort niet bij een aanmelding die nu loopt.\
    <p lang=\"en\">This does not belong to a sign-in that is under way.</html>";

/// A listener that waits for the browser.
pub(super) struct Loopback {
    /// The redirect URI, with the port that is listened on.
    pub address: Url,
    listener: TcpListener,
}

/// The answer that is waited for.
struct Waiting {
    /// Where it comes.
    path: String,
    /// Whoever does not bring it back was not sent by us.
    state: String,
    /// The provider; an answer that names another is a mix-up (RFC 9207).
    issuer: String,
    /// Whether the provider always names itself.
    names_itself: bool,
    tell: Mutex<Option<oneshot::Sender<Result<String, SignInError>>>>,
    told: mpsc::Sender<()>,
}

impl Loopback {
    /// Listens where the configuration says; on any free port where it says none.
    pub async fn listen(redirect: &str) -> Result<Self, SignInError> {
        let refuse = |reason: String| SignInError::Redirect(reason);
        let mut address =
            Url::parse(redirect).map_err(|error| refuse(format!("{redirect:?} is no address: {error}")))?;
        let plain = address.query().is_none() && address.fragment().is_none() && address.username().is_empty();
        if address.scheme() != "http" || !is_loopback(&address) || !plain {
            let mend = "the browser must come back to this machine: write http://127.0.0.1/… (or localhost, or [::1])";
            return Err(refuse(mend.to_owned()));
        }
        let host: IpAddr = match address.host() {
            Some(Host::Ipv4(host)) => host.into(),
            Some(Host::Ipv6(host)) => host.into(),
            Some(Host::Domain(_)) | None => Ipv4Addr::LOCALHOST.into(),
        };
        let at = (host, address.port().unwrap_or(0));
        let busy = |error: std::io::Error| refuse(format!("{}:{} cannot be listened on: {error}", at.0, at.1));
        let listener = TcpListener::bind(at).await.map_err(busy)?;
        let port = listener.local_addr().map_err(busy)?.port();
        // Only an address without a host refuses a port.
        let _ = address.set_port(Some(port));
        Ok(Self { address, listener })
    }

    /// Waits for the one answer with this state; its code.
    pub async fn code(
        self,
        state: String,
        issuer: String,
        names_itself: bool,
        patience: Duration,
    ) -> Result<String, SignInError> {
        let (tell, answer) = oneshot::channel();
        let (told, mut over) = mpsc::channel(1);
        let waiting = Arc::new(Waiting {
            path: self.address.path().to_owned(),
            state,
            issuer,
            names_itself,
            tell: Mutex::new(Some(tell)),
            told,
        });
        let routes = Router::new().fallback(back).with_state(waiting);
        let serving = axum::serve(self.listener, routes).with_graceful_shutdown(async move {
            over.recv().await;
        });
        let server: JoinHandle<std::io::Result<()>> = tokio::spawn(async move { serving.await });
        let answer = tokio::time::timeout(patience, answer).await;
        let ending = server.abort_handle();
        let _ = tokio::time::timeout(FAREWELL.min(patience), server).await;
        ending.abort();
        match answer {
            Ok(Ok(code)) => code,
            Ok(Err(_)) | Err(_) => Err(SignInError::TooLate(patience.as_secs())),
        }
    }
}

async fn back(State(waiting): State<Arc<Waiting>>, method: Method, uri: Uri) -> Response {
    let ours = method == Method::GET && uri.path() == waiting.path;
    let Some(outcome) = ours.then(|| waiting.read(uri.query().unwrap_or_default())).flatten() else {
        return page(StatusCode::BAD_REQUEST, STRANGE);
    };
    let tell = waiting
        .tell
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .take();
    let Some(tell) = tell else {
        return page(StatusCode::BAD_REQUEST, STRANGE);
    };
    // Nobody hears it only when the wait is over.
    let _ = tell.send(outcome);
    let _ = waiting.told.try_send(());
    page(StatusCode::OK, BACK)
}

impl Waiting {
    /// What the browser brings; none when it is not the answer that is waited for.
    fn read(&self, query: &str) -> Option<Result<String, SignInError>> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if found.iter().any(|(seen, _)| *seen == name) {
                return None;
            }
            found.push((name.into_owned(), value.into_owned()));
        }
        let get = |name: &str| {
            found
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, value)| value.as_str())
        };
        if get("state") != Some(self.state.as_str()) {
            return None;
        }
        let right = match get("iss") {
            Some(issuer) => issuer == self.issuer,
            None => !self.names_itself,
        };
        if !right {
            return Some(Err(SignInError::NotTheProvider {
                address: self.issuer.clone(),
                reason: "another one answered the browser".to_owned(),
            }));
        }
        if let Some(code) = get("error") {
            return Some(Err(SignInError::Refused {
                code: code.to_owned(),
                description: get("error_description").unwrap_or_default().to_owned(),
            }));
        }
        get("code").map(|code| Ok(code.to_owned()))
    }
}

fn page(status: StatusCode, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, text).into_response()
}
