//! Changes to themes: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{Warning, looks_personal, raise};
use foundation::{Fault, ids};
use uuid::Uuid;

use super::Theme;
use crate::graph::door::door;
use crate::model::theme::{Member, Naming};
use crate::store::theme::{self, Edit};

/// Changes to themes.
#[derive(Default)]
pub struct ThemeMutation;

/// A signal as a member of a theme.
#[derive(InputObject, Clone, Debug)]
pub struct ThemeMemberInput {
    /// The signal, `sig_…`: published, and visible to the caller.
    signal: ID,
    /// Why it belongs to the theme (reden), at most 500 characters.
    reason: Option<String>,
}

/// What changes of a theme; what is left out stays.
#[derive(InputObject, Clone, Debug)]
pub struct ThemeEdit {
    /// Its title (titel), at most 200 characters.
    title: Option<String>,
    /// What recurs, and why that matters (omschrijving), at most 5,000 characters.
    description: Option<String>,
    /// Signals that become members, or get another reason.
    add: Option<Vec<ThemeMemberInput>>,
    /// Signals that leave its list, `sig_…`. The theme goes on to rest on them: who may not see one sees no theme.
    remove: Option<Vec<ID>>,
}

/// A theme after a change.
#[derive(SimpleObject)]
pub struct ThemePayload {
    /// The theme as the caller sees it now.
    theme: Option<Theme>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

/// Reads a theme's id.
///
/// # Errors
/// `INVALID_ID`.
pub fn theme_id(id: &ID, field: &str) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::THEME, id).map_err(|fault| fault.at(field))
}

fn members(field: &str, members: Vec<ThemeMemberInput>) -> Result<Vec<Member>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut read = Vec::new();
    for (index, member) in members.into_iter().enumerate() {
        match ids::read(ids::prefix::SIGNAL, &member.signal) {
            Ok(signal) => read.push(Member {
                signal,
                reason: member.reason,
            }),
            Err(fault) => faults.push(fault.at(format!("{field}.{index}.signal"))),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

impl ThemeEdit {
    fn read(self) -> Result<Edit, Vec<Fault>> {
        let add = members("input.add", self.add.unwrap_or_default())?;
        let mut faults = Vec::new();
        let mut remove = Vec::new();
        for (index, id) in self.remove.unwrap_or_default().into_iter().enumerate() {
            match ids::read(ids::prefix::SIGNAL, &id) {
                Ok(id) => remove.push(id),
                Err(fault) => faults.push(fault.at(format!("input.remove.{index}"))),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Edit {
            title: self.title,
            description: self.description,
            add,
            remove,
        })
    }
}

async fn payload(context: &Context<'_>, id: Uuid) -> Result<Option<ThemePayload>, Error> {
    let door = door(context).clone();
    let seen = door.themes().theme(id).await?;
    let language = door.session().stated().language;
    let texts = |row: &crate::store::ThemeRow| {
        let texts = [
            ("title", Some(row.title.as_str())),
            ("description", Some(row.description.as_str())),
        ];
        looks_personal(texts, language)
    };
    Ok(Some(ThemePayload {
        warnings: seen.as_deref().map(texts).unwrap_or_default(),
        theme: seen.map(|seen| Theme::new(seen, door)),
    }))
}

/// Changes to themes. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl ThemeMutation {
    /// Names a theme (rode draad benoemen) over published signals that the caller sees. In force at once when an
    /// inspector or coordinator names it; of an analyst it is a draft until one of them brings it out.
    async fn name_theme(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its title, at most 200 characters.")] title: String,
        #[graphql(desc = "What recurs, and why that matters; at most 5,000 characters.")] description: String,
        #[graphql(desc = "Its signals, 2 to 500.")] members: Vec<ThemeMemberInput>,
    ) -> Result<Option<ThemePayload>, Error> {
        let members = self::members("members", members).map_err(|faults| raise(context, faults))?;
        let naming = Naming { title, description };
        let id = theme::name(door(context).session(), naming, members)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Changes what a theme of the own inspectorate says and which signals are its members (wijzigen).
    async fn edit_theme(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `thm_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: ThemeEdit,
    ) -> Result<Option<ThemePayload>, Error> {
        let id = theme_id(&id, "id")?;
        let edit = input.read().map_err(|faults| raise(context, faults))?;
        theme::edit(door(context).session(), id, version, edit)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Brings out a theme that was drafted by an analyst of the own inspectorate (benoemen).
    async fn publish_theme(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `thm_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<ThemePayload>, Error> {
        let id = theme_id(&id, "id")?;
        theme::publish(door(context).session(), id, version).await?;
        payload(context, id).await
    }

    /// Ends a theme of the own inspectorate (beëindigen): from then on only its owner keeps it.
    async fn end_theme(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `thm_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "Why; kept with the theme.")] reason: String,
    ) -> Result<Option<ThemePayload>, Error> {
        let id = theme_id(&id, "id")?;
        theme::end(door(context).session(), id, version, reason)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }
}
