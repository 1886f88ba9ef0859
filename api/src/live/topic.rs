//! What clients can subscribe to, and who may.

use std::sync::Arc;

use domain::{
    collections::{CollectionId, Shape},
    expressions::Filter,
    roles::{self, Permissions, RoleName},
};
use projections::{files, imports, records, users};
use uuid::Uuid;

use super::{
    audience::Audience,
    presence::{self, RoomName},
    records_rule::RecordsRule,
    source::Scope,
};

/// The rights of a connection's user, as far as topics ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) user_id: Uuid,
    /// Of the user's record when these were the roles.
    pub(crate) version: i64,
    pub(crate) roles: Vec<RoleName>,
    /// Of these roles; none while a second factor is missing that is demanded of the user.
    pub(crate) permissions: Permissions,
    /// Whether the user has one.
    pub(crate) second_factor: bool,
    /// The user's own authentication generation, in which the connection's token was issued.
    pub(crate) generation: u32,
    /// The era in which it was.
    pub(crate) era: u32,
}

/// A topic as one user subscribes to it.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    /// As clients write it.
    pub(crate) name: Arc<str>,
    /// The projection that has its records.
    pub(crate) projection: &'static str,
    pub(crate) scope: Scope,
    pub(crate) audience: Arc<Audience>,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    /// The records of the user themselves, for whoever may read their own.
    Own,
    /// Everything, for whoever may read everybody's.
    All,
    /// The files of the user, for whoever may read their own.
    OwnFiles,
    /// The files that the user may read: everybody's, or the user's own.
    Files,
    /// What a collection's rule says.
    Records(Arc<RecordsRule>),
    /// Who is in a room, for whoever may join one.
    Presence(RoomName),
    /// An import, for this user and for whoever may create everybody's records.
    Import(Uuid),
}

/// Whether a subscription can go on after its user's rights, or what it follows, have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing has changed about it.
    Same,
    /// Other records than before are to be seen.
    Other,
    /// The topic is not open to the user.
    Closed,
}

impl Rights {
    fn may_read_users(&self, whose: roles::Scope) -> bool {
        self.permissions.allow("users", "read", whose)
    }

    fn may_read_files(&self, whose: roles::Scope) -> bool {
        self.permissions.allow("files", "read", whose)
    }

    pub(super) fn may_read_records(&self, whose: roles::Scope) -> bool {
        self.permissions.allow("records", "read", whose)
    }
}

impl Topic {
    /// The caller's own account.
    pub(crate) fn own_user(rights: &Rights) -> Option<Self> {
        Self::of_users("users/me", Scope::One(rights.user_id), Rule::Own, rights)
    }

    /// All accounts.
    pub(crate) fn users(rights: &Rights) -> Option<Self> {
        Self::of_users("users", Scope::All, Rule::All, rights)
    }

    fn of_users(name: &str, scope: Scope, rule: Rule, rights: &Rights) -> Option<Self> {
        let audience = Arc::new(Audience::everybody());
        let topic = Self { name: name.into(), projection: users::NAME, scope, audience, rule };
        topic.is_open_to(rights).then_some(topic)
    }

    /// The caller's own files.
    pub(crate) fn own_files(rights: &Rights) -> Option<Self> {
        let (scope, audience) = files_of(rights.user_id);
        let topic = Self { name: "files/me".into(), projection: files::NAME, scope, audience, rule: Rule::OwnFiles };
        topic.is_open_to(rights).then_some(topic)
    }

    /// The files that the caller may read.
    pub(crate) fn files(rights: &Rights) -> Option<Self> {
        let (scope, audience) = readable_files(rights);
        let topic = Self { name: "files".into(), projection: files::NAME, scope, audience, rule: Rule::Files };
        topic.is_open_to(rights).then_some(topic)
    }

    /// Records of a collection, all or one of them.
    pub(crate) fn records(name: String, scope: Scope, rule: RecordsRule, rights: &Rights) -> Option<Self> {
        let audience = Arc::new(rule.audience(rights)?);
        let rule = Rule::Records(Arc::new(rule));
        Some(Self { name: name.into(), projection: records::NAME, scope, audience, rule })
    }

    /// How far an import of this owner is.
    pub(crate) fn import(id: Uuid, owner: Uuid, rights: &Rights) -> Option<Self> {
        let (name, rule) = (format!("imports/{id}").into(), Rule::Import(owner));
        let audience = Arc::new(Audience::everybody());
        let topic = Self { name, projection: imports::NAME, scope: Scope::One(id), audience, rule };
        topic.is_open_to(rights).then_some(topic)
    }

    /// Who is in a room.
    pub(crate) fn presence(room: RoomName, rights: &Rights) -> Option<Self> {
        let (name, part) = (format!("presence/{}", room.as_str()).into(), room.part());
        let audience = Arc::new(Audience::of_part(part, Filter::constantly(true)));
        let (scope, rule) = (Scope::Part(part), Rule::Presence(room));
        let topic = Self { name, projection: presence::NAME, scope, audience, rule };
        topic.is_open_to(rights).then_some(topic)
    }

    /// The room that whoever subscribes joins. Who is there is not remembered: nobody can go on where they were.
    pub(crate) fn room(&self) -> Option<&RoomName> {
        match &self.rule {
            Rule::Presence(room) => Some(room),
            Rule::Own | Rule::All | Rule::OwnFiles | Rule::Files | Rule::Records(_) | Rule::Import(_) => None,
        }
    }

    /// Whether the topic goes on as it is for a user with these rights.
    pub(crate) fn verdict(&self, rights: &Rights) -> Verdict {
        match &self.rule {
            Rule::Records(rule) => match rule.audience(rights) {
                Some(audience) if audience.fingerprint == self.audience.fingerprint => Verdict::Same,
                Some(_) => Verdict::Other,
                None => Verdict::Closed,
            },
            // Whoever may read fewer, or more of them by now, begins anew.
            Rule::Files if rights.may_read_files(roles::Scope::Own) && readable_files(rights).0 != self.scope => {
                Verdict::Other
            }
            Rule::Own | Rule::All | Rule::OwnFiles | Rule::Files | Rule::Presence(_) | Rule::Import(_) => {
                if self.is_open_to(rights) { Verdict::Same } else { Verdict::Closed }
            }
        }
    }

    /// Takes in that the collection has changed, or was deleted, if this is about it.
    pub(crate) fn redefine(&mut self, shape: Option<&Arc<Shape>>, rights: &Rights) -> Verdict {
        let Rule::Records(rule) = &self.rule else { return Verdict::Same };
        let Some(shape) = shape else { return Verdict::Closed };
        let Some(redefined) = rule.redefined(Arc::clone(shape)) else { return Verdict::Other };
        self.rule = Rule::Records(Arc::new(redefined));
        self.verdict(rights)
    }

    /// The collection that it is about.
    pub(crate) fn collection(&self) -> Option<CollectionId> {
        match &self.rule {
            Rule::Records(rule) => Some(rule.collection),
            Rule::Own | Rule::All | Rule::OwnFiles | Rule::Files | Rule::Presence(_) | Rule::Import(_) => None,
        }
    }

    /// Whether what it shows changes by itself as time goes by.
    pub(crate) fn is_by_time(&self) -> bool {
        match &self.rule {
            Rule::Records(rule) => rule.is_by_time(),
            Rule::Own | Rule::All | Rule::OwnFiles | Rule::Files | Rule::Presence(_) | Rule::Import(_) => false,
        }
    }

    /// Whether this record may be seen, its removal included. Asked for every message; which records of a collection are
    /// meant, its audience says, which is another when these rights are.
    pub(crate) fn shows(&self, key: Uuid, rights: &Rights) -> bool {
        let is_meant = match self.scope {
            Scope::All | Scope::Part(_) => true,
            Scope::One(own) => own == key,
        };
        is_meant && self.is_open_to(rights)
    }

    fn is_open_to(&self, rights: &Rights) -> bool {
        match self.rule {
            Rule::Own => self.scope == Scope::One(rights.user_id) && rights.may_read_users(roles::Scope::Own),
            Rule::All => rights.may_read_users(roles::Scope::All),
            Rule::OwnFiles => self.scope == Scope::Part(rights.user_id) && rights.may_read_files(roles::Scope::Own),
            Rule::Files => match self.scope {
                Scope::Part(owner) => owner == rights.user_id && rights.may_read_files(roles::Scope::Own),
                Scope::All | Scope::One(_) => rights.may_read_files(roles::Scope::All),
            },
            Rule::Records(_) => rights.may_read_records(roles::Scope::Own),
            Rule::Presence(_) => rights.permissions.allow("presence", "join", roles::Scope::Own),
            Rule::Import(owner) => {
                let whose = if owner == rights.user_id { roles::Scope::Own } else { roles::Scope::All };
                rights.permissions.allow("records", "create", whose)
            }
        }
    }
}

/// One person's. A file never becomes another's, so those of a person are a part of their own.
fn files_of(owner: Uuid) -> (Scope, Arc<Audience>) {
    (Scope::Part(owner), Arc::new(Audience::of_part(owner, Filter::constantly(true))))
}

fn readable_files(rights: &Rights) -> (Scope, Arc<Audience>) {
    if rights.may_read_files(roles::Scope::All) {
        return (Scope::All, Arc::new(Audience::everybody()));
    }
    files_of(rights.user_id)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{
        collections::{Action, Definition, Rules},
        roles::{Permission, Roles},
    };
    use serde_json::json;

    use super::*;

    fn rights(user_id: u128, roles: &[RoleName]) -> Rights {
        let permissions = Roles::default().permissions_of(roles);
        let (user_id, roles) = (Uuid::from_u128(user_id), roles.to_vec());
        Rights { user_id, version: 1, roles, permissions, second_factor: false, generation: 0, era: 0 }
    }

    #[test]
    fn everybody_sees_their_own_record_and_no_other() {
        let ada = rights(1, &[RoleName::MEMBER]);
        let topic = Topic::own_user(&ada).unwrap();
        assert!(topic.shows(Uuid::from_u128(1), &ada));
        assert!(!topic.shows(Uuid::from_u128(2), &ada));
        assert!(!topic.shows(Uuid::from_u128(1), &rights(2, &[RoleName::ADMIN])));
    }

    #[test]
    fn only_administrators_see_all_users() {
        let member = rights(1, &[RoleName::MEMBER]);
        assert!(Topic::users(&member).is_none());
        let admin = rights(1, &[RoleName::MEMBER, RoleName::ADMIN]);
        let topic = Topic::users(&admin).unwrap();
        assert!(topic.shows(Uuid::from_u128(2), &admin));
        assert!(!topic.shows(Uuid::from_u128(1), &member), "the role is asked for again with every message");
        assert_eq!((topic.verdict(&admin), topic.verdict(&member)), (Verdict::Same, Verdict::Closed));
    }

    #[test]
    fn what_counts_is_the_permission_and_not_the_name_of_the_role() {
        let may = |text: &str| {
            let permissions = [Permission::parse(text).unwrap()].into_iter().collect();
            Rights { permissions, ..rights(1, &[]) }
        };
        assert!(Topic::users(&may("users:read:all")).is_some());
        for text in ["users:read:own", "users:update:all", "audit:read:all"] {
            assert!(Topic::users(&may(text)).is_none(), "{text}");
        }
        assert!(Topic::own_user(&rights(1, &[])).is_none());
    }

    #[test]
    fn everybody_follows_their_own_files_and_whoever_reads_all_those_of_everybody() {
        let (member, admin) = (rights(1, &[RoleName::MEMBER]), rights(1, &[RoleName::MEMBER, RoleName::ADMIN]));
        let (nobody, stranger) = (rights(1, &[]), rights(2, &[RoleName::MEMBER]));
        let (of_member, of_admin) = (Topic::files(&member).unwrap(), Topic::files(&admin).unwrap());
        assert_eq!((of_member.scope, of_admin.scope), (Scope::Part(Uuid::from_u128(1)), Scope::All));
        assert_eq!((of_member.verdict(&member), of_member.verdict(&admin)), (Verdict::Same, Verdict::Other));
        assert_eq!((of_admin.verdict(&admin), of_admin.verdict(&member)), (Verdict::Same, Verdict::Other));
        let file = Uuid::from_u128(7);
        assert!(of_member.shows(file, &member) && !of_member.shows(file, &stranger) && !of_member.shows(file, &nobody));
        assert!(of_admin.shows(file, &admin) && !of_admin.shows(file, &member), "asked for with every message");
        let own = Topic::own_files(&admin).unwrap();
        assert_eq!((own.scope, own.verdict(&member)), (Scope::Part(Uuid::from_u128(1)), Verdict::Same));
        for topic in [of_member, of_admin, own] {
            assert_eq!(topic.verdict(&nobody), Verdict::Closed);
        }
        assert!(Topic::files(&nobody).is_none() && Topic::own_files(&nobody).is_none());
    }

    /// A collection whose list is for those who own a record, and for editors; whose records are for everybody to view.
    fn posts() -> RecordsRule {
        let rules = Rules {
            list: Some("record.owner == user.id || \"editor\" in user.roles".to_owned()),
            view: Some("true".to_owned()),
            ..Rules::default()
        };
        rule(rules, Action::List)
    }

    fn rule(rules: Rules, action: Action) -> RecordsRule {
        let schema = json!({"type": "object", "properties": {
            "owner": {"type": "string", "format": "uuid"}, "due": {"type": "string", "format": "date-time"},
        }});
        let schema = schema.as_object().unwrap().clone();
        let definition = Definition { schema, rules, ..Definition::default() }.normalised();
        let shape = Arc::new(Shape::of(&definition).unwrap());
        RecordsRule::new(CollectionId::from_uuid(Uuid::from_u128(7)), shape, action, DateTime::UNIX_EPOCH)
    }

    fn topic_of(rule: RecordsRule, rights: &Rights) -> Option<Topic> {
        Topic::records("collections/posts".to_owned(), Scope::Part(Uuid::from_u128(7)), rule, rights)
    }

    #[test]
    fn who_may_see_other_records_by_a_role_begins_anew() {
        let (member, editor) = (RoleName::MEMBER, RoleName::parse("editor").unwrap());
        let ada = rights(1, std::slice::from_ref(&member));
        let topic = topic_of(posts(), &ada).unwrap();
        assert_eq!(topic.verdict(&ada), Verdict::Same);
        assert_eq!(topic.verdict(&rights(1, &[member.clone(), editor])), Verdict::Other);
        assert_eq!(topic.verdict(&rights(1, &[member, RoleName::ADMIN])), Verdict::Other);
        assert_eq!(topic.verdict(&rights(1, &[])), Verdict::Closed);
    }

    #[test]
    fn a_role_that_no_rule_asks_for_changes_nothing() {
        let ada = rights(1, &[RoleName::MEMBER]);
        let open = Rules { list: Some("true".to_owned()), ..Rules::default() };
        let topic = topic_of(rule(open, Action::List), &ada).unwrap();
        assert_eq!(topic.verdict(&rights(1, &[RoleName::MEMBER, RoleName::ADMIN])), Verdict::Same);
    }

    #[test]
    fn a_changed_collection_ends_what_shows_other_records_from_now_on() {
        let ada = rights(1, &[RoleName::MEMBER]);
        let list = |text: &str| rule(Rules { list: Some(text.to_owned()), ..Rules::default() }, Action::List);
        let filtered = list("true").filtered("record.due > now").unwrap();
        assert!(filtered.is_by_time() && list("record.due > now").is_by_time() && !list("true").is_by_time());
        let mut topic = topic_of(filtered, &ada).unwrap();
        let shape_of = |text: &str| list(text).shape;
        assert_eq!(topic.redefine(Some(&shape_of("has(record.owner)")), &ada), Verdict::Other);
        assert_eq!(topic.redefine(Some(&shape_of("true")), &ada), Verdict::Same);
        assert_eq!(topic.redefine(Some(&shape_of("false")), &ada), Verdict::Closed);
        assert_eq!(topic.redefine(None, &ada), Verdict::Closed);
    }

    #[test]
    fn a_rule_that_opens_nothing_closes_the_topic_to_all_but_those_whom_no_rule_binds() {
        let closed = || rule(Rules::default(), Action::List);
        assert!(topic_of(closed(), &rights(1, &[RoleName::MEMBER])).is_none());
        assert!(topic_of(closed(), &rights(1, &[RoleName::ADMIN])).is_some());
        let open = Rules { list: Some("true".to_owned()), ..Rules::default() };
        assert!(topic_of(rule(open, Action::List), &rights(1, &[])).is_none(), "no permission at all");
    }

    #[test]
    fn an_import_is_open_to_its_owner_and_to_whom_may_create_everybodys_records() {
        let (import, ada) = (Uuid::from_u128(9), rights(1, &[RoleName::MEMBER]));
        let topic = Topic::import(import, ada.user_id, &ada).unwrap();
        assert_eq!((topic.verdict(&ada), topic.verdict(&rights(1, &[]))), (Verdict::Same, Verdict::Closed));
        assert!(topic.shows(import, &ada) && !topic.shows(Uuid::from_u128(8), &ada));
        assert!(Topic::import(import, ada.user_id, &rights(2, &[RoleName::MEMBER])).is_none());
        assert!(Topic::import(import, ada.user_id, &rights(2, &[RoleName::ADMIN])).is_some());
    }

    #[test]
    fn a_room_is_open_to_whom_may_join_one() {
        let room = RoomName::parse("lobby").unwrap();
        let member = rights(1, &[RoleName::MEMBER]);
        let topic = Topic::presence(room.clone(), &member).unwrap();
        assert_eq!((topic.verdict(&member), topic.verdict(&rights(1, &[]))), (Verdict::Same, Verdict::Closed));
        assert!(Topic::presence(room, &rights(1, &[])).is_none());
    }
}
