//! Faults: what can go wrong for a caller, as one table of stable codes with their sentence in Dutch and English.
//!
//! A client fault carries its code, the path of the input field where there is one, and how to mend it.
//! An internal fault leaves as one generic sentence with the request's id, and is logged once.

use std::sync::Arc;

use crate::trouble::{Trouble, trouble};

/// The language of a sentence, chosen by `Accept-Language`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Nederlands: the default.
    #[default]
    Dutch,
    /// English.
    English,
}

impl Language {
    /// Chooses by an `Accept-Language` header: the first of `nl` and `en` by weight; Dutch when neither is named.
    pub fn from_header(header: Option<&str>) -> Self {
        let mut best = (0.0_f32, Self::Dutch);
        for part in header.unwrap_or_default().split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()))
                .unwrap_or(1.0);
            let language = match tag.split('-').next().unwrap_or_default() {
                "nl" => Self::Dutch,
                "en" => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

macro_rules! faults {
    ($($code:ident $name:literal $nl:literal $en:literal;)*) => {
        /// A stable code, as in `extensions.code`. Codes are never renamed and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $en] $code,)* }

        impl Code {
            /// All codes, for the documentation and its test.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];

            /// The code as clients see it.
            pub fn name(self) -> &'static str { match self { $(Code::$code => $name,)* } }

            /// The sentence, with `{…}` where a detail is filled in.
            pub fn sentence(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Code::$code, Language::Dutch) => $nl, (Code::$code, Language::English) => $en,)*
                }
            }
        }
    };
}

// The only macro of this crate: it keeps code, Dutch and English of a fault on neighbouring lines.
faults! {
    TokenMissing "TOKEN_MISSING"
        "Meld u aan: stuur de kop `Authorization: Bearer <token>` mee."
        "Sign in: send the header `Authorization: Bearer <token>`.";
    TokenMalformed "TOKEN_MALFORMED"
        "Het token is niet leesbaar. Haal een nieuw token op en stuur het ongewijzigd mee."
        "The token cannot be read. Get a new token and send it unchanged.";
    TokenExpired "TOKEN_EXPIRED"
        "Het token is verlopen. Haal een nieuw token op."
        "The token has expired. Get a new token.";
    TokenInvalid "TOKEN_INVALID"
        "Het token wordt niet vertrouwd. Gebruik een token van de ingestelde identiteitsprovider, bestemd voor dit platform."
        "The token is not trusted. Use a token from the configured identity provider, meant for this platform.";
    TokenUnverifiable "TOKEN_UNVERIFIABLE"
        "De sleutels van de identiteitsprovider zijn nu niet op te halen. Probeer het over een minuut opnieuw."
        "The identity provider's keys cannot be fetched now. Try again in a minute.";
    AccountUnknown "ACCOUNT_UNKNOWN"
        "Dit account is niet toegelaten tot het platform. Vraag de beheerder van uw inspectie om toelating."
        "This account is not admitted to the platform. Ask your inspectorate's administrator for admission.";
    AccountSuspended "ACCOUNT_SUSPENDED"
        "Dit account of uw organisatie is geschorst of beëindigd. Neem contact op met de beheerder van uw inspectie."
        "This account or your organisation is suspended or has ended. Contact your inspectorate's administrator.";
    PurposeRequired "PURPOSE_REQUIRED"
        "Noem één doel in de kop `Samenzicht-Purpose`; de query `purposes` noemt de doelen die u hebt."
        "State one purpose in the header `Samenzicht-Purpose`; the query `purposes` lists those that you hold.";
    PurposeUnknown "PURPOSE_UNKNOWN"
        "Het doel `{purpose}` bestaat niet; de query `purposes` noemt de doelen die u hebt."
        "The purpose `{purpose}` does not exist; the query `purposes` lists those that you hold.";
    PurposeNotHeld "PURPOSE_NOT_HELD"
        "Uw account heeft het doel `{purpose}` niet. Kies een doel uit `purposes` of vraag het uw beheerder."
        "Your account does not hold the purpose `{purpose}`. Choose one from `purposes` or ask your administrator.";
    Forbidden "FORBIDDEN"
        "Uw rol mag dit niet ({operation}). Vraag het een collega met de rol die dit mag; `me` noemt uw rollen."
        "Your role may not do this ({operation}). Ask a colleague whose role may; `me` lists your roles.";
    NotOwner "NOT_OWNER"
        "Alleen de eigenaar wijzigt dit gegeven ({operation}). Neem contact op met de eigenaar."
        "Only its owner changes this record ({operation}). Contact the owner.";
    NotCustodian "NOT_CUSTODIAN"
        "Alleen inspecties die deze partij registreerden, wijzigen haar. Registreer haar met haar nummers: u krijgt de bestaande partij en mag haar daarna wijzigen."
        "Only inspectorates that registered this party change it. Register it with its numbers: you get the party that is there and may change it from then on.";
    NotAccountHolder "NOT_ACCOUNT_HOLDER"
        "U bent geen accounthouder van deze partij of haar veiligheidsregio. Vraag uw coördinator u aan te wijzen."
        "You are no account holder of this party or its safety region. Ask your coordinator to assign you.";
    IdentifierTaken "IDENTIFIER_TAKEN"
        "Dit nummer is al van {id}. Haal die op, of herstel het nummer."
        "This number is already that of {id}. Fetch that one, or correct the number.";
    TriageNotReady "TRIAGE_NOT_READY"
        "Er zijn {given} van {all} oordelen en de termijn loopt nog. Wacht op de andere deelnemers (`missing`), of op `dueOn`."
        "{given} of {all} opinions are there and their date has not passed. Wait for the other participants (`missing`), or for `dueOn`.";
    WrongState "WRONG_STATE"
        "Dit kan niet in de staat waarin het gegeven is ({state}): {operation}. Haal het opnieuw op; waar het `permittedActions` heeft, noemt dat wat nu kan."
        "This cannot be done in the state the record is in ({state}): {operation}. Fetch it again; where it has `permittedActions`, that lists what can be done now.";
    NotFound "NOT_FOUND"
        "Niet gevonden, of niet zichtbaar voor u onder dit doel. Controleer het kenmerk, of kies een ander doel."
        "Not found, or not visible to you under this purpose. Check the id, or state another purpose.";
    InvalidId "INVALID_ID"
        "Dit is geen geldig kenmerk; verwacht `{prefix}_` met 32 hexadecimale tekens."
        "This is not a valid id; expected `{prefix}_` with 32 hexadecimal digits.";
    InvalidInput "INVALID_INPUT"
        "De invoer past niet: {reason}."
        "The input does not fit: {reason}.";
    InvalidCursor "INVALID_CURSOR"
        "Deze cursor is niet van deze lijst. Begin opnieuw zonder `after`."
        "This cursor is not of this list. Start again without `after`.";
    CursorExpired "CURSOR_EXPIRED"
        "De wijzigingen sinds deze cursor worden niet meer bewaard. Neem alles opnieuw af, zonder `after`, en vervang uw kopie."
        "The changes since this cursor are no longer kept. Take everything anew, without `after`, and replace your copy.";
    Required "REQUIRED"
        "Dit veld mag niet leeg zijn. Vul het in."
        "This field may not be empty. Fill it in.";
    TooLong "TOO_LONG"
        "Te lang: {length} tekens, hoogstens {maximum}. Kort het in."
        "Too long: {length} characters, at most {maximum}. Shorten it.";
    TooMany "TOO_MANY"
        "Te veel: {count}, hoogstens {maximum}. Verdeel het."
        "Too many: {count}, at most {maximum}. Divide it.";
    PageSize "PAGE_SIZE"
        "Vraag 1 tot {maximum} per bladzijde."
        "Ask for 1 to {maximum} per page.";
    InvalidPeriod "INVALID_PERIOD"
        "Het einde ligt niet na het begin. Geef een later einde of een eerder begin."
        "The end is not after the beginning. Give a later end or an earlier beginning.";
    InvalidDate "INVALID_DATE"
        "Deze datum kan hier niet: {reason}."
        "This date cannot stand here: {reason}.";
    StateSecret "STATE_SECRET"
        "Staatsgeheimen (Stg.) horen niet op dit platform: het is er niet voor geaccrediteerd. Verwijder de inhoud."
        "State secrets (Stg.) do not belong on this platform: it is not accredited for them. Remove the content.";
    NotDeidentified "NOT_DEIDENTIFIED"
        "Wat van internet komt, komt zonder persoonsgegevens binnen: {reason}. Haal ze weg."
        "What comes from the web comes in without personal data: {reason}. Remove them.";
    RankAboveClearance "RANK_ABOVE_CLEARANCE"
        "De rubricering is hoger dan u mag behandelen. Vraag uw gegevensbeheerder."
        "The rank is higher than you may handle. Ask your data steward.";
    UnknownReference "UNKNOWN_REFERENCE"
        "Onbekend: `{value}`. Zoek de juiste verwijzing in het register."
        "Unknown: `{value}`. Look up the right reference in the registry.";
    TlpForbidsGrant "TLP_FORBIDS_GRANT"
        "TLP:{tlp} staat delen met {audience} niet toe. Verruim eerst de TLP of kies een andere ontvanger."
        "TLP:{tlp} does not permit sharing with {audience}. Widen the TLP first or choose another audience.";
    GrantNeedsPurpose "GRANT_NEEDS_PURPOSE"
        "Een deling heeft een doel nodig. Noem er een in `purpose`; de query `purposes` noemt ze."
        "A grant needs a purpose. Name one in `purpose`; the query `purposes` lists them.";
    GrantNeedsBasis "GRANT_NEEDS_BASIS"
        "Een deling heeft een wettelijke grondslag nodig. Noem er een in `legalBasis`; de query `legalBases` noemt ze."
        "A grant needs a legal basis. Name one in `legalBasis`; the query `legalBases` lists them.";
    PurposeNotOfCircle "PURPOSE_NOT_OF_CIRCLE"
        "Het doel `{purpose}` hoort niet bij samenwerkingsverband `{circle}`. De query `circles` noemt zijn doelen."
        "The purpose `{purpose}` is not one of circle `{circle}`. The query `circles` lists its purposes.";
    Identifies "IDENTIFIES"
        "Dit is herleidbaar: “{found}”. Een terugkoppelproduct noemt geen personen, ondertoezichtstaanden, kenmerken of contactgegevens; omschrijf het."
        "This identifies somebody or something: “{found}”. A feedback product names no persons, supervised parties, numbers or contact details; describe it.";
    SourceForbidsFeedback "SOURCE_FORBIDS_FEEDBACK"
        "De rode draad rust op signalen die terugkoppelen niet toestaan: {numbers}. Van een ander mag alleen wat INTERN en TLP:GREEN of ruimer is; van uzelf niets dat TLP:RED of departementaal vertrouwelijk is. Vraag de eigenaar om een ruimer merk, of benoem een rode draad zonder deze signalen."
        "The theme rests on signals that do not permit feedback: {numbers}. Of others only what is INTERN and TLP:GREEN or wider; of your own nothing that is TLP:RED or departementaal vertrouwelijk. Ask their owner for wider marks, or name a theme without these signals.";
    StaleVersion "STALE_VERSION"
        "Intussen gewijzigd: u hebt versie {given}, de laatste is {current}. Haal het gegeven opnieuw op."
        "Changed in the meantime: you have version {given}, the latest is {current}. Fetch the record again.";
    AlreadyOne "ALREADY_ONE"
        "Deze partijen zijn al samengevoegd, of de dubbele is al in een andere opgegaan. Maak die samenvoeging eerst ongedaan."
        "These parties are one already, or the duplicate was merged into another. Undo that merge first.";
    NotMerged "NOT_MERGED"
        "Deze partij is niet samengevoegd; er is niets ongedaan te maken. `mergedFrom` van de partij noemt wat erin opging."
        "This party was not merged; there is nothing to undo. `mergedFrom` of the party lists what was merged into it.";
    DuplicateReference "DUPLICATE_REFERENCE"
        "Uw inspectie heeft al een gegeven met dit externe kenmerk. Zoek het op en wijzig het, of gebruik een ander kenmerk."
        "Your inspectorate already has a record with this external reference. Look it up and edit it, or use another.";
    IdempotencyKeyReused "IDEMPOTENCY_KEY_REUSED"
        "Onder deze sleutel is al iets anders aangeleverd. Gebruik per aanvraag een eigen sleutel, en dezelfde alleen om haar te herhalen."
        "Something else was delivered under this key already. Use a key of its own for each request, and the same one only to repeat it.";
    ProfileNotApproved "PROFILE_NOT_APPROVED"
        "Dit importprofiel is niet goedgekeurd door uw gegevensbeheerder. Stel het voor met `import propose`; de beheerder keurt het goed met `import approve`."
        "This import profile is not approved by your data steward. Propose it with `import propose`; the steward approves it with `import approve`.";
    ProfileForbids "PROFILE_FORBIDS"
        "Het goedgekeurde importprofiel staat dit niet toe: {reason}. Lever het zo niet, of laat een nieuw profiel goedkeuren."
        "The approved import profile does not allow this: {reason}. Do not deliver it so, or have a new profile approved.";
    TlpForbidsDiscovery "TLP_FORBIDS_DISCOVERY"
        "TLP:{tlp} laat niet toe dat buitenstaanders dit weten. Verruim eerst de TLP of kies een beperktere vindbaarheid."
        "TLP:{tlp} does not permit outsiders to know this. Widen the TLP first or let them know less.";
    TlpForbidsOnward "TLP_FORBIDS_ONWARD"
        "TLP:{tlp} staat doorgeven niet toe, ook niet op verzoek. Overleg met het loket van de eigenaar; `contact` noemt het."
        "TLP:{tlp} permits no onward sharing, not on request either. Speak to the owner's desk; `contact` names it.";
    AlreadyVisible "ALREADY_VISIBLE"
        "U ziet dit gegeven al onder dit doel. Er hoeft niets geopend te worden."
        "You see this record already under this purpose. Nothing needs to be opened.";
    AlreadyRequested "ALREADY_REQUESTED"
        "Uw verzoek hierover loopt al. Wacht op het besluit, of trek het in met `withdrawAccessRequest` en vraag opnieuw."
        "Your request about this is open already. Await the decision, or withdraw it with `withdrawAccessRequest` and ask again.";
    RequestClosed "REQUEST_CLOSED"
        "Dit verzoek is niet meer open: het is beslist, ingetrokken of vervallen. Haal het opnieuw op; vraag zo nodig opnieuw toegang."
        "This request is no longer open: it was decided, withdrawn or has lapsed. Fetch it again; request access anew where needed.";
    WiderThanAsked "WIDER_THAN_ASKED"
        "Dit is ruimer dan gevraagd is. Keur hoogstens goed wat gevraagd is; deel zelf als het ruimer moet."
        "This is wider than was asked. Approve at most what was asked; share it yourself where it should be wider.";
    TooManyAttempts "TOO_MANY_ATTEMPTS"
        "Te veel pogingen: hoogstens {maximum} per uur. Bel het loket van de eigenaar."
        "Too many attempts: at most {maximum} per hour. Call the owner's desk.";
    AlreadyReviewed "ALREADY_REVIEWED"
        "Deze opening is al beoordeeld; een oordeel wordt niet overschreven. Haal haar opnieuw op."
        "This opening was reviewed already; a judgement is not overwritten. Fetch it again.";
    NameTaken "NAME_TAKEN"
        "`{value}` bestaat al of heeft bestaan; namen en codes worden nooit hergebruikt. Kies een andere."
        "`{value}` exists or has existed; names and codes are never used again. Choose another.";
    PersonAdmitted "PERSON_ADMITTED"
        "Deze persoon heeft al een account, hier of bij een andere organisatie. Laat dat eerst beëindigen."
        "This person has an account already, here or at another organisation. Have that ended first.";
    SecondPerson "SECOND_PERSON"
        "Wie iets voorstelt, bevestigt het niet zelf, onder geen enkel account. Vraag het een tweede persoon."
        "Whoever puts something forward does not confirm it, under no account. Ask a second person.";
    OtherSide "OTHER_SIDE"
        "Dit is niet aan u om te bevestigen. `pendingDecisions` noemt bij elk besluit wie het moet bevestigen."
        "This is not yours to confirm. `pendingDecisions` says of each decision who must confirm it.";
    AlreadyDecided "ALREADY_DECIDED"
        "Dit is al {state}; zoek het op, of stel het opnieuw voor."
        "This is {state} already; look it up, or put it forward anew.";
    AlreadySo "ALREADY_SO"
        "Zo is het al; er valt niets te besluiten."
        "It is so already; there is nothing to decide.";
    RolesExclude "ROLES_EXCLUDE"
        "Eén persoon mag niet `{first}` en `{second}` zijn. Geef een van beide aan een ander."
        "One person may not be `{first}` and `{second}`. Give one of them to another person.";
    LastAdministrator "LAST_ADMINISTRATOR"
        "Dit is de laatste beheerder van uw organisatie. Laat eerst een ander beheerder worden."
        "This is your organisation's last administrator. Have another person become administrator first.";
    CoordinatorStays "COORDINATOR_STAYS"
        "Wie een samenwerkingsverband coördineert, kan er niet uit. Draag de coördinatie over of beëindig het."
        "The coordinator of a circle cannot leave it. Hand the coordination over, or end the circle.";
    AudienceClosed "AUDIENCE_CLOSED"
        "`{value}` kan nu niets ontvangen: geschorst, beëindigd of geen deelnemer. Kies een andere ontvanger."
        "`{value}` can receive nothing now: suspended, ended or no participant. Choose another audience.";
    NothingToUndo "NOTHING_TO_UNDO"
        "Er is niets ongedaan te maken: hieraan is nog niets gewijzigd."
        "There is nothing to undo: nothing of this was changed yet.";
    PseudonymsOff "PSEUDONYMS_OFF"
        "Dit platform geeft nu geen pseudoniemen: `pseudonyms.key` is niet ingesteld. Vraag het de beheerder van het platform."
        "This platform gives no pseudonyms now: `pseudonyms.key` is not set. Ask whoever operates the platform.";
    LogUnavailable "LOG_UNAVAILABLE"
        "Het verwerkingenlogboek kan nu niet schrijven; zonder logregel geen antwoord. Er is niets getoond of gewijzigd. Probeer het later opnieuw."
        "The processing log cannot be written now; without its line there is no answer. Nothing was shown or changed. Try again later.";
    StoreUnavailable "STORE_UNAVAILABLE"
        "De database is nu niet te bereiken of heeft geen ruimte meer. Er is niets getoond of gewijzigd. Probeer het later opnieuw."
        "The database cannot be reached now, or has no room left. Nothing was shown or changed. Try again later.";
    OutcomeUnknown "OUTCOME_UNKNOWN"
        "Er ging iets mis nadat uw wijziging was begonnen: zij kan vastgelegd zijn. Haal het gegeven op voordat u haar herhaalt; onder dezelfde `idempotencyKey` mag u meteen herhalen."
        "Something went wrong after your change had begun: it may have been stored. Fetch the record before you repeat it; under the same `idempotencyKey` you may repeat it at once.";
    TooDeep "TOO_DEEP"
        "De vraag is te diep of te groot. Vraag minder lagen of velden tegelijk."
        "The query is too deep or too large. Ask for fewer levels or fields at once.";
    ParseFailed "GRAPHQL_PARSE_FAILED"
        "De GraphQL-tekst is niet te lezen: {reason}"
        "The GraphQL text cannot be read: {reason}";
    ValidationFailed "GRAPHQL_VALIDATION_FAILED"
        "De GraphQL-vraag past niet bij het schema: {reason}"
        "The GraphQL query does not fit the schema: {reason}";
    Busy "BUSY"
        "Het platform is nu te druk. Probeer het zo opnieuw."
        "The platform is too busy now. Try again shortly.";
    Internal "INTERNAL"
        "Er ging iets mis aan onze kant. Meld het met kenmerk {request}."
        "Something went wrong on our side. Report it with id {request}.";
}

/// One thing that went wrong for a caller. In a resolver `?` makes it a GraphQL error whose source it stays, and
/// the executor puts it into words for the reader.
#[derive(Clone, Debug)]
pub struct Fault {
    code: Code,
    field: Option<String>,
    details: Vec<(&'static str, [String; 2])>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A fault by its code.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            field: None,
            details: Vec::new(),
            cause: None,
        }
    }

    /// Something broke inside: the cause is logged, the caller gets the generic sentence.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            cause: Some(Arc::new(cause)),
            ..Self::new(Code::Internal)
        }
    }

    /// Something that cannot be, was: an invariant of ours is broken.
    pub fn broken(what: &'static str) -> Self {
        Self::internal(std::io::Error::other(what))
    }

    /// The same after a change was begun that may stand: who asked must not be told that nothing happened. What was wrong
    /// with the request itself is told as it is.
    #[must_use]
    pub fn unsettled(self) -> Self {
        match self.code {
            Code::Busy | Code::LogUnavailable | Code::StoreUnavailable | Code::Internal => Self {
                code: Code::OutcomeUnknown,
                ..self
            },
            _ => self,
        }
    }

    /// Names the input field, as a path such as `input.parties.0`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Puts this path before the field already named.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{prefix}.{field}"),
            None => prefix.to_owned(),
        });
        self
    }

    /// Fills a detail into the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        self.details.push((name, [value.clone(), value]));
        self
    }

    /// Fills a detail that is a word of ours into the sentence, in each language.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, dutch: impl Into<String>, english: impl Into<String>) -> Self {
        self.details.push((name, [dutch.into(), english.into()]));
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The input field, where there is one.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What broke inside, for our own log only.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }

    /// The sentence in the reader's language.
    pub fn sentence(&self, language: Language) -> String {
        let mut text = self.code.sentence(language).to_owned();
        for (name, [dutch, english]) in &self.details {
            let value = if language == Language::Dutch { dutch } else { english };
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence(Language::English))
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_ref()
            .map(|cause| cause.as_ref() as &(dyn std::error::Error + 'static))
    }
}

impl From<Fault> for Vec<Fault> {
    fn from(fault: Fault) -> Self {
        vec![fault]
    }
}

impl From<sea_orm::DbErr> for Fault {
    fn from(error: sea_orm::DbErr) -> Self {
        let code = match trouble(&error) {
            Some(Trouble::Waited) => Code::Busy,
            Some(Trouble::Gone | Trouble::Full) => Code::StoreUnavailable,
            None => Code::Internal,
        };
        Self {
            cause: Some(Arc::new(error)),
            ..Self::new(code)
        }
    }
}
