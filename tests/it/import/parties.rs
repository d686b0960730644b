//! Whom the rows of a file are about: parties and sites found or registered over the API, once each, by the committed
//! mappings and invented businesses; and what cannot be told apart, refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use samenzicht::api::{Api, Patience, TokenSource};
use samenzicht::import::delivery::{Delivery, End};
use samenzicht::import::mapping::Mapping;
use samenzicht::import::profile;
use samenzicht::import::progress::Progress;
use samenzicht::import::summary::Summary;
use samenzicht::stop::Stop;
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::stand::{Shape, Stand};

struct Token(String);

#[async_trait::async_trait]
impl TokenSource for Token {
    async fn token(&self, _: bool) -> Result<String, String> {
        Ok(self.0.clone())
    }
}

/// Somebody with files at a platform.
struct Importer {
    api: Api,
    folder: tempfile::TempDir,
}

/// How an import ended, and what was refused, by line.
type Ended = (Summary, BTreeMap<u64, (String, String)>);

impl Importer {
    fn of(stand: &Stand, account: &str) -> Self {
        let token = Arc::new(Token(stand.signer.token(account, 3600)));
        let url = format!("http://{}/graphql", stand.gateway);
        let patience = Patience {
            tries: 4,
            first_pause: Duration::from_millis(200),
            limit: Duration::from_secs(60),
        };
        let api = Api::new(&url, "toezicht", token, patience, Stop::default()).expect("loopback");
        Self {
            api,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    async fn run(&self, mapping: &Arc<Mapping>, text: &str, dry_run: bool) -> (Summary, End, String) {
        let file = self.folder.path().join("rows");
        let rejects = self.folder.path().join("rejects.csv");
        let _ = std::fs::remove_file(&rejects);
        std::fs::write(&file, text).expect("written");
        let delivery = Delivery {
            file,
            format: None,
            mapping: mapping.clone(),
            dry_run,
            rejects: Some(rejects.clone()),
            batch: 20,
        };
        let (summary, end) = delivery.run(&self.api, &Stop::default(), &mut Progress::none()).await;
        (summary, end, std::fs::read_to_string(rejects).unwrap_or_default())
    }

    async fn import(&self, mapping: &Arc<Mapping>, text: &str, dry_run: bool) -> Ended {
        let (summary, end, rejects) = self.run(mapping, text, dry_run).await;
        assert!(matches!(end, End::Complete), "{end:?}");
        let all = summary.created + summary.changed + summary.unchanged + summary.rejected;
        assert_eq!(all, summary.rows, "accepted and rejected are all rows: {summary}");
        let mut refused = BTreeMap::new();
        for row in csv::Reader::from_reader(rejects.as_bytes()).records() {
            let row = row.expect("a row");
            let [line, field, reason] = [3, 2, 1].map(|back| row[row.len() - back].to_owned());
            refused.insert(line.parse().expect("a number"), (field, reason));
        }
        assert_eq!(refused.len() as u64, summary.rejected);
        (summary, refused)
    }
}

fn committed(name: &str) -> Arc<Mapping> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../infra/mappings")
        .join(name);
    Arc::new(Mapping::read(&path).expect("the committed mapping"))
}

fn mapping(party: &str) -> Arc<Mapping> {
    let text = format!("format = 1\nname = \"proef\"\nkind = \"parties\"\n{party}");
    Arc::new(Mapping::parse("proef.toml", text).expect("valid"))
}

const HEADER: &str = ",BusinessName,Authority,AddressLine1,AddressLine2,AddressLine3,AddressLine4,PostCode,RatingValue,RatingDate,BusinessType,Lat,Lng\n";

/// Invented businesses, written as the register writes them.
fn businesses() -> String {
    let mut text = HEADER.to_owned();
    for number in 0..36 {
        let (door, town) = (number % 5 + 1, ["Nowhere", "Elsewhere"][number % 2]);
        text.push_str(&format!(
            "{number},Invented Foods {number},{town},,{door} Made Up Street,{town},,ZZ{door} 9ZZ,4,44562,Manufacturers/packers,50.1,-4.2\n"
        ));
    }
    // The same business at another door, at the same door written otherwise, without an address, and with half of one.
    text.push_str("90,Invented Foods 0,Elsewhere,Unit 7,Made Up Park,,,ZZ8 8ZZ,0,44563.5,Importers/Exporters,,\n");
    text.push_str(
        "91,\"INVENTED  FOODS, 0\",Nowhere,,1 Made-up Street,Nowhere,,zz1  9zz,1,44564,Importers/Exporters,,\n",
    );
    text.push_str("92,Invented Foods 0,Nowhere,,,,,,AwaitingInspection,,Importers/Exporters,,\n");
    text.push_str("93,Invented Foods 1,Elsewhere,,2 Made Up Street,,,,5,44565,Importers/Exporters,,\n");
    text.push_str("94,Invented Foods 2,Nowhere,,3 Made Up Street,,,ZZ3 9ZZ,5,60,Importers/Exporters,north,-4.2\n");
    text
}

async fn businesses_become_parties(shape: Shape) {
    let stand = Stand::up(shape).await;
    let importer = Importer::of(&stand, "nvwa.casesystem");
    let (parties, text) = (committed("food-hygiene-parties.toml"), businesses());

    // A dry run registers nothing.
    let (dry, refused) = importer.import(&parties, &text, true).await;
    assert_eq!((dry.rows, dry.rejected), (41, 2), "{dry} {refused:?}");
    assert_eq!(found(&stand, "Invented Foods 3").await, json!([]));

    let (first, refused) = importer.import(&parties, &text, false).await;
    assert_eq!(
        (first.created, first.unchanged, first.rejected),
        (37, 2, 2),
        "{first} {refused:?}"
    );
    assert_eq!(refused[&41].0, "site.postcode", "{refused:?}");
    assert!(refused[&41].1.starts_with("SITE_INCOMPLETE"), "{refused:?}");
    assert_eq!(refused[&42].0, "Lat", "{refused:?}");
    let counts = first.parties.expect("parties were looked up");
    assert_eq!(
        (counts.parties, counts.parties_registered, counts.sites_registered),
        (36, 36, 37)
    );
    assert!(counts.questions <= 20, "many in a question: {counts:?}");
    let zero = found(&stand, "Invented Foods 0").await;
    assert_eq!(zero.as_array().map(Vec::len), Some(1), "{zero:#}");
    assert_eq!(zero[0]["sites"].as_array().map(Vec::len), Some(2), "{zero:#}");
    let abroad =
        json!({ "street": "1 Made Up Street Nowhere", "postcode": "ZZ1 9ZZ", "city": "Nowhere", "country": "GB" });
    let sites = zero[0]["sites"].as_array().expect("sites");
    assert!(sites.iter().any(|site| site["address"] == abroad), "{zero:#}");

    // Once more: nothing is made, and each distinct party is one question among many.
    let (again, _) = importer.import(&parties, &text, false).await;
    assert_eq!((again.created, again.unchanged, again.rejected), (0, 39, 2), "{again}");
    let counts = again.parties.expect("parties were looked up");
    assert_eq!((counts.parties_registered, counts.sites_registered), (0, 0));
    ratings_become_signals(&stand, &importer, &text).await;
    told_apart_or_refused(&stand, &importer).await;
    stand.down().await;
}

/// What the registry has under a name.
async fn found(stand: &Stand, name: &str) -> Value {
    let query = "query ($name: String) { parties(name: $name) { nodes { id legalName kept
        sites { id address { street postcode city country } } } } }";
    let mut answer = stand
        .caller("nvwa.inspector", "toezicht")
        .data(query, json!({ "name": name }))
        .await;
    let mut nodes = answer["parties"]["nodes"].take();
    nodes
        .as_array_mut()
        .expect("a list")
        .retain(|node| node["legalName"] == name);
    nodes
}

/// A row without a key is known by its hash, its date is a spreadsheet's, and the signal names party and site.
async fn ratings_become_signals(stand: &Stand, importer: &Importer, text: &str) {
    let ratings = committed("food-hygiene-ratings.toml");
    profile::propose(&importer.api, &ratings).await.expect("proposed");
    let steward = Importer::of(stand, "nvwa.steward");
    profile::approve(&steward.api, &ratings).await.expect("approved");
    let (first, refused) = importer.import(&ratings, text, false).await;
    // Never inspected; half an address; the day that never was.
    assert_eq!(refused.keys().copied().collect::<Vec<_>>(), [40, 41, 42], "{refused:?}");
    assert!(refused[&40].1.contains("is empty"), "{refused:?}");
    assert!(refused[&42].1.contains("29 February 1900"), "{refused:?}");
    assert_eq!((first.created, first.rejected), (38, 3), "{first}");
    let (again, _) = importer.import(&ratings, text, false).await;
    assert_eq!((again.created, again.changed, again.unchanged), (0, 0, 38), "{again}");
    let query =
        "query ($t: String) { signals(first: 5, filter: { text: $t, owner: \"nvwa\" }) { nodes { severity observedFrom
        externalReference { reference } parties { id } sites { id } } } }";
    let zero = &found(stand, "Invented Foods 0").await[0];
    let caller = stand.caller("nvwa.inspector", "toezicht");
    let answer = caller
        .data(query, json!({ "t": "Importers Exporters Elsewhere" }))
        .await;
    let signal = &answer["signals"]["nodes"][0];
    assert_eq!(
        (&signal["severity"], &signal["observedFrom"]),
        (&json!("SERIOUS"), &json!("2022-01-02T12:00:00Z")),
        "{answer:#}"
    );
    assert_eq!(signal["parties"], json!([{ "id": zero["id"] }]));
    let unit = zero["sites"]
        .as_array()
        .and_then(|sites| sites.iter().find(|site| site["address"]["postcode"] == "ZZ8 8ZZ"));
    assert_eq!(signal["sites"], json!([{ "id": unit.expect("its site")["id"] }]));
    assert!(
        signal["externalReference"]["reference"]
            .as_str()
            .is_some_and(|key| key.starts_with("sha256:"))
    );
}

const REGISTER: &str = "mutation ($input: PartyInput!) { registerParty(input: $input) { party { id } } }";

async fn registered(caller: &Caller, name: &str, kvk: &str) -> Value {
    let input = json!({ "kind": "COMPANY", "legalName": name, "identifiers": [{ "scheme": "KVK", "value": kvk }] });
    caller.data(REGISTER, json!({ "input": input })).await["registerParty"]["party"]["id"].clone()
}

async fn told_apart_or_refused(stand: &Stand, importer: &Importer) {
    let inspector = stand.caller("nvwa.inspector", "toezicht");
    for kvk in ["00009981", "00009982"] {
        registered(&inspector, "Tweeling Verzinsel B.V.", kvk).await;
    }
    let by_name = |mode: &str, alone: bool| {
        mapping(&format!(
            "[party]\nmode = \"{mode}\"\nname_alone = {alone}\nname = {{ column = \"naam\" }}\nkvk = {{ column = \"kvk\" }}\nkind = {{ column = \"soort\" }}\n\
             [site]\nstreet = {{ column = \"straat\" }}\nnumber = {{ column = \"nr\" }}\npostcode = {{ column = \"pc\" }}\ncity = {{ column = \"plaats\" }}\n"
        ))
    };
    let header = "naam,kvk,soort,straat,nr,pc,plaats\n";
    let told = async |mapping: &Arc<Mapping>, row: &str| {
        let (summary, refused) = importer.import(mapping, &format!("{header}{row}\n"), false).await;
        let code = refused
            .values()
            .next()
            .map(|(_, reason)| reason.split(':').next().unwrap_or_default().to_owned());
        code.unwrap_or_else(|| {
            if summary.created == 1 {
                "created".to_owned()
            } else {
                "found".to_owned()
            }
        })
    };
    let (only, make, alone) = (
        by_name("match", false),
        by_name("create", false),
        by_name("match", true),
    );
    for (mapping, row, outcome) in [
        (&only, "Onbekend B.V.,00009983,,,,,", "PARTY_NOT_FOUND"),
        (&only, "Heel anders geschreven,00009981,,,,,", "found"),
        (&only, "Tweeling Verzinsel BV,,,,,,", "PARTY_INCOMPLETE"),
        (&alone, "Tweeling Verzinsel BV,,,,,,", "PARTY_AMBIGUOUS"),
        (
            &only,
            "Tweeling Verzinsel BV,,,Verzinseldijk,1,0000AA,Nergens",
            "PARTY_ELSEWHERE",
        ),
        (
            &make,
            "Tweeling Verzinsel BV,,,Verzinseldijk,1,0000AA,Nergens",
            "PARTY_ELSEWHERE",
        ),
        (&only, "X,00009981,,Verzinseldijk,1,0000AA,Nergens", "SITE_NOT_FOUND"),
        (
            &make,
            "Tweeling Verzinsel BV,00009981,,Verzinseldijk,1,0000AA,Nergens",
            "created",
        ),
        // Now its door says which of the two it is.
        (
            &only,
            "tweeling verzinsel b.v.,,,Verzinsel dijk,1,0000 aa,Nergens",
            "found",
        ),
        (
            &only,
            "Tweeling Verzinsel BV,,,Verzinseldijk,2,0000AA,Nergens",
            "PARTY_ELSEWHERE",
        ),
        (
            &make,
            "Nieuw Verzinsel B.V.,00009984,,Verzinseldijk,3,0000AA,Nergens",
            "created",
        ),
        (
            &make,
            "Nieuw Verzinsel B.V.,00009984,,Verzinseldijk,3,0000AA,Nergens",
            "found",
        ),
        (
            &make,
            "J. Verzonnen,,SOLE_TRADER,Verzinseldijk,4,0000AA,Nergens",
            "PARTY_INCOMPLETE",
        ),
        (
            &make,
            "Verre Postcode B.V.,00009985,,Verzinseldijk,5,ZZ1 9ZZ,Nergens",
            "INVALID_INPUT",
        ),
        (&make, ",,,Verzinseldijk,6,0000AA,Nergens", "PARTY_INCOMPLETE"),
    ] {
        assert_eq!(told(mapping, row).await, outcome, "{row}");
    }
    let (_, refused) = importer
        .import(&make, &format!("{header}A,123,,,,,\nB,00009986,NIETS,,,,\n"), false)
        .await;
    assert_eq!(
        (refused[&2].0.as_str(), refused[&3].0.as_str()),
        ("kvk", "soort"),
        "{refused:?}"
    );
    // What another inspectorate alone keeps is kept by this one too before a site is put at it.
    let theirs = registered(
        &stand.caller("igj.inspector", "toezicht"),
        "Van Een Ander B.V.",
        "00009987",
    )
    .await;
    assert_eq!(
        told(&make, "Van Een Ander B.V.,00009987,,Verzinseldijk,7,0000AA,Nergens").await,
        "created"
    );
    let mine = found(stand, "Van Een Ander B.V.").await;
    assert_eq!((&mine[0]["id"], &mine[0]["kept"]), (&theirs, &json!(true)), "{mine:#}");
    // Who may not register hears so at once, and not once per row.
    let reader = Importer::of(stand, "nvwa.admin");
    let (summary, end, _) = reader.run(&make, &format!("{header}C,00009988,,,,,\n"), false).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "FORBIDDEN" || fault.code().starts_with("PURPOSE")),
        "{end:?}"
    );
    assert_eq!(summary.rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn businesses_become_parties_in_one_process() {
    businesses_become_parties(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn businesses_become_parties_in_processes() {
    businesses_become_parties(Shape::Processes).await;
}
