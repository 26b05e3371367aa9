//! The catalogue: every sentence that a person reads, in Fluent, with the operator's own in place of ours.

use crate::fault::{ViewsError, WordsError};
use crate::files;
use crate::locale::Locale;
use crate::message::{Argument, Message};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::fmt;
use std::path::{Path, PathBuf};
use zaguan_domain::browser::{BrowserKind, Program, System};

/// The sentences of one locale.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    /// The insurer's name, which any text may use as `$brand`.
    brand: String,
}

impl Words {
    /// Reads our words of a locale, and the operator's `words/*.ftl` over them.
    pub(crate) fn load(locale: Locale, brand: &str, overrides: Option<&Path>) -> Result<Self, ViewsError> {
        let languages = locale.html_lang().parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(languages);
        // The marks would isolate what goes into a text from its direction; but both are written left to right, and
        // they end up in titles, mail subjects and copied text.
        bundle.set_use_isolating(false);
        for (name, source) in files::words(locale) {
            let path = PathBuf::from(name);
            bundle
                .add_resource(parse(&path, (*source).to_owned())?)
                .map_err(|errors| ViewsError::BadWords { path, at: 0, detail: format!("{errors:?}") })?;
        }
        for (path, source) in files::overridden_words(overrides)? {
            let resource = parse(&path, source)?;
            for entry in resource.entries() {
                if let Entry::Message(message) = entry
                    && !bundle.has_message(message.id.name)
                {
                    return Err(ViewsError::NoSuchText { key: message.id.name.to_owned(), path });
                }
            }
            bundle.add_resource_overriding(resource);
        }
        Ok(Self { bundle, brand: brand.to_owned() })
    }

    /// Says a text.
    pub(crate) fn say(&self, message: &Message) -> Result<String, WordsError> {
        let arguments = message.arguments.iter().map(|(name, argument)| (*name, argument.clone()));
        self.say_with(message.key, arguments)
    }

    /// Says the text of this name with these arguments.
    pub(crate) fn say_with<'a>(
        &self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'a str, Argument)>,
    ) -> Result<String, WordsError> {
        let pattern = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
            .ok_or_else(|| WordsError::Missing { key: key.to_owned() })?;
        let mut given = FluentArgs::new();
        given.set("brand", self.brand.as_str());
        for (name, argument) in arguments {
            match argument {
                Argument::Text(text) => given.set(name.to_owned(), FluentValue::from(text)),
                Argument::Number(number) => given.set(name.to_owned(), FluentValue::from(number)),
            }
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(WordsError::Unresolved { key: key.to_owned(), detail: error.to_string() }),
        }
    }

    /// A date as people say it: "15 de marzo de 2026".
    pub(crate) fn date(&self, date: Date) -> Result<String, WordsError> {
        let message = Message::new("date")
            .with("day", date.day())
            .with("month", date.month())
            .with("year", date.year().to_string());
        self.say(&message)
    }

    /// A moment in Argentine time as people say it: "el 15 de marzo a las 15:42". Argentina is three hours behind UTC
    /// all year round.
    pub(crate) fn moment(&self, at: Timestamp) -> Result<String, WordsError> {
        let local = Offset::constant(-3).to_datetime(at);
        let message = Message::new("moment")
            .with("day", local.day())
            .with("month", local.month())
            .with("hour", local.hour())
            .with("time", format!("{}:{:02}", local.hour(), local.minute()));
        self.say(&message)
    }

    /// A browser as people say it: "Chrome en Android".
    pub(crate) fn browser(&self, browser: BrowserKind) -> Result<String, WordsError> {
        let (program, system) = (program_name(browser.program), system_name(browser.system));
        match (program, system) {
            (Some(program), Some(system)) => {
                self.say(&Message::new("browser-on-system").with("program", program).with("system", system))
            }
            (Some(program), None) => Ok(program.to_owned()),
            (None, Some(system)) => self.say(&Message::new("browser-of-system").with("system", system)),
            (None, None) => self.say(&Message::new("browser-unknown")),
        }
    }
}

fn program_name(program: Program) -> Option<&'static str> {
    match program {
        Program::Chrome => Some("Chrome"),
        Program::Firefox => Some("Firefox"),
        Program::Safari => Some("Safari"),
        Program::Edge => Some("Edge"),
        Program::Opera => Some("Opera"),
        Program::Samsung => Some("Samsung Internet"),
        Program::Other => None,
    }
}

fn system_name(system: System) -> Option<&'static str> {
    match system {
        System::Android => Some("Android"),
        System::Iphone => Some("iPhone"),
        System::Ipad => Some("iPad"),
        System::Windows => Some("Windows"),
        System::Mac => Some("Mac"),
        System::Linux => Some("Linux"),
        System::Other => None,
    }
}

impl Words {
    /// A moment to come as people say it, in Argentine time: "mañana martes a las 10:30".
    pub(crate) fn coming(&self, at: Timestamp, now: Timestamp) -> Result<String, WordsError> {
        let [local, today] = [at, now].map(|time| Offset::constant(-3).to_datetime(time));
        let key = match local.date().duration_since(today.date()).as_hours() / 24 {
            ..=0 => "coming-today",
            1 => "coming-tomorrow",
            2.. => "coming-later",
        };
        let mut message = Message::new(key);
        if key != "coming-today" {
            let weekday = Message::new("weekday").with("n", local.weekday().to_monday_one_offset());
            message = message.with("weekday", self.say(&weekday)?);
        }
        if key == "coming-later" {
            let month = self.say(&Message::new("month-name").with("n", local.month()))?;
            message = message.with("day", local.day()).with("month", month);
        }
        let time = format!("{}:{:02}", local.hour(), local.minute());
        self.say(&message.with("hour", local.hour()).with("time", time))
    }

    /// A moment as people say it soon after: "hoy a las 10:32", "ayer a las 10:32", "el 15 de marzo a las 10:32", and of
    /// another year "el 15 de marzo de 2025 a las 10:32".
    pub(crate) fn when(&self, at: Timestamp, now: Timestamp) -> Result<String, WordsError> {
        let local = Offset::constant(-3).to_datetime(at);
        let today = Offset::constant(-3).to_datetime(now).date();
        let key = if local.date() == today {
            "when-today"
        } else if local.date().tomorrow().is_ok_and(|next| next == today) {
            "when-yesterday"
        } else if local.year() == today.year() {
            return self.moment(at);
        } else {
            "when-other-year"
        };
        let message = Message::new(key)
            .with("date", self.date(local.date())?)
            .with("hour", local.hour())
            .with("time", format!("{}:{:02}", local.hour(), local.minute()));
        self.say(&message)
    }

    /// How long ago something was, for what is a day old at most: "hace 2 horas".
    pub(crate) fn ago(&self, at: Timestamp, now: Timestamp) -> Result<String, WordsError> {
        let passed = now.duration_since(at);
        let message = match (passed.as_hours(), passed.as_mins()) {
            (..=0, ..=1) => Message::new("ago-moment"),
            (..=0, minutes) => Message::new("ago-minutes").with("n", minutes),
            (hours, _) => Message::new("ago-hours").with("n", hours),
        };
        self.say(&message)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Words").field("brand", &self.brand).finish_non_exhaustive()
    }
}

fn parse(path: &Path, source: String) -> Result<FluentResource, ViewsError> {
    FluentResource::try_new(source).map_err(|(_, errors)| {
        let first = errors.first();
        ViewsError::BadWords {
            path: path.to_owned(),
            at: first.map_or(0, |error| error.pos.start),
            detail: first.map_or_else(String::new, |error| error.kind.to_string()),
        }
    })
}
