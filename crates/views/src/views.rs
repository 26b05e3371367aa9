//! The pages and letters of one insurer in one language, ready to be written.

use crate::assets::{Asset, Assets};
use crate::color::Color;
use crate::fault::{RenderError, ViewsError};
use crate::files;
use crate::letter::{LetterContext, WrittenLetter};
use crate::message::Argument;
use crate::page::Page;
use crate::palette::Palette;
use crate::samples;
use crate::settings::{Brand, Settings};
use crate::words::Words;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value, merge_maps};
use minijinja::{AutoEscape, Environment, ErrorKind, State, UndefinedBehavior, context};
use std::fmt;
use std::sync::Arc;

/// Writes pages and letters. Cloning it is cheap.
#[derive(Clone)]
pub struct Views(Arc<Inner>);

struct Inner {
    environment: Environment<'static>,
    words: Arc<Words>,
    assets: Vec<Asset>,
}

impl Views {
    /// Reads all templates and words, ours and the operator's, and tries each with its samples; so a mistake in them
    /// is found at start and by nobody at the door.
    pub fn new(settings: Settings) -> Result<Self, ViewsError> {
        let overrides = settings.overrides.as_deref();
        let (light, dark) = palettes(&settings.brand)?;
        let words = Arc::new(Words::load(settings.locale, &settings.brand.name, overrides)?);
        let mut environment = environment(&words);
        for (name, source) in files::TEMPLATES {
            environment.add_template(name, source).map_err(|error| RenderError::new(name, error))?;
        }
        for (name, source) in files::overridden_templates(overrides)? {
            environment.add_template_owned(name, source).map_err(|error| RenderError::new(name, error))?;
        }
        add_globals(&mut environment, &settings, light, dark);
        let draw = |name| render(&environment, name, Value::from_pairs::<_, &str, Value>([]));
        let (favicon, policy) = (draw("favicon.svg")?, draw("policy.svg")?);
        let assets = Assets::new(light, dark, favicon, policy, settings.brand.logo);
        environment.add_global("assets", assets.paths());
        let views = Self(Arc::new(Inner { environment, words, assets: assets.into_all() }));
        samples::each(&views, &mut drop)?;
        Ok(views)
    }

    /// Writes a page.
    pub fn page<P: Page>(&self, page: &P) -> Result<String, RenderError> {
        let context = page.context(&self.0.words).map_err(|error| RenderError::new(P::TEMPLATE, error))?;
        render(&self.0.environment, P::TEMPLATE, context)
    }

    /// Writes a letter. Whoever did not cause it says so at `disown_url`, absolute.
    pub fn letter(&self, letter: &LetterContext, disown_url: &str) -> Result<WrittenLetter, RenderError> {
        let template = letter.template();
        let fault = |error| RenderError::new(template, error);
        let subject = self.0.words.say(&letter.subject()).map_err(fault)?;
        let context = letter.context(&self.0.words).map_err(fault)?;
        let context = context! { subject => subject.as_str(), disown_url, ..context };
        Ok(WrittenLetter {
            text: render(&self.0.environment, &format!("{template}.txt"), context.clone())?,
            html: render(&self.0.environment, &format!("{template}.html"), context)?,
            subject,
        })
    }

    /// What pages carry beside their HTML.
    pub fn assets(&self) -> &[Asset] {
        &self.0.assets
    }
}

impl fmt::Debug for Views {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Views").field("words", &self.0.words).finish_non_exhaustive()
    }
}

fn palettes(brand: &Brand) -> Result<(Palette, Palette), ViewsError> {
    let color = Color::parse(&brand.color)
        .ok_or_else(|| ViewsError::ColorUnreadable { color: brand.color.clone() })?;
    let light = Palette::light(color).map_err(|pale| ViewsError::ColorTooPale {
        color: brand.color.clone(),
        ratio: pale.ratio,
        darker: pale.darker.to_hex(),
    })?;
    Ok((light, Palette::dark(color)))
}

fn render(environment: &Environment<'_>, name: &str, context: Value) -> Result<String, RenderError> {
    environment
        .get_template(name)
        .and_then(|template| template.render(context))
        .map_err(|error| RenderError::new(name, error))
}

/// The template engine: what is not given is an error, and what is written into HTML is escaped.
fn environment(words: &Arc<Words>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    // In debug mode an error would carry the page's data into the log.
    environment.set_debug(false);
    environment.set_auto_escape_callback(|name| {
        if is_plain_text(name) { AutoEscape::None } else { AutoEscape::Html }
    });
    let words = Arc::clone(words);
    environment.add_function("t", move |key: &str, arguments: Kwargs| say(&words, key, &arguments));
    environment.add_function("draw", draw);
    environment
}

/// Whether a template writes plain text, into which nothing has to be escaped. Everything else is HTML or SVG.
fn is_plain_text(name: &str) -> bool {
    name.rsplit('.').next() == Some("txt")
}

/// `t("key", name=value)` in a template: says a text.
fn say(words: &Words, key: &str, arguments: &Kwargs) -> Result<String, minijinja::Error> {
    let mut given = Vec::new();
    for name in arguments.args() {
        let value: Value = arguments.get(name)?;
        let argument = value.as_i64().filter(|_| value.is_number()).map(Argument::Number);
        given.push((name, argument.unwrap_or_else(|| Argument::Text(value.to_string()))));
    }
    words
        .say_with(key, given)
        .map_err(|error| minijinja::Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// `draw(picture)` in a template: a picture of a page or letter, drawn by its own template. What follows by name goes
/// before what the picture brings.
fn draw(state: &State<'_, '_>, picture: &Value, more: Kwargs) -> Result<Value, minijinja::Error> {
    let template = picture.get_attr("template")?;
    let name = template.as_str().unwrap_or_default();
    let context = context! {
        layout => "picture.html",
        letter_layout => "letter/picture.txt",
        picture => true,
        ..merge_maps([picture.get_attr("context")?, Value::from(more)])
    };
    let drawn = state.env().get_template(name)?.render(context)?;
    Ok(if is_plain_text(name) { Value::from(drawn) } else { Value::from_safe_string(drawn) })
}

/// What every template may use.
fn add_globals(environment: &mut Environment<'_>, settings: &Settings, light: Palette, dark: Palette) {
    let Settings { brand, locale, public_url, overrides: _, demo } = settings;
    let dialled =
        |phone: &String| phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
    environment.add_global(
        "brand",
        context! {
            name => brand.name.as_str(),
            legal_name => brand.legal_name.as_ref(),
            legal_address => brand.legal_address.as_ref(),
            phone => brand.support_phone.as_ref(),
            phone_dialled => brand.support_phone.as_ref().map(dialled),
            email => brand.support_email.as_ref(),
            hours => brand.support_hours.as_ref(),
            ssn_number => brand.ssn_number.as_ref(),
            policyholder_service => brand.policyholder_service.as_ref(),
            color => light.brand().to_hex(),
            paper => light.paper().to_hex(),
            dark_paper => dark.paper().to_hex(),
        },
    );
    environment.add_global("lang", locale.html_lang());
    environment.add_global("public_url", public_url.trim_end_matches('/'));
    environment.add_global("demo", *demo);
    // A page says these when it has them.
    environment.add_global("layout", "layout.html");
    environment.add_global("letter_layout", "letter/layout.txt");
    environment.add_global("picture", false);
    environment.add_global("failed", false);
    environment.add_global("errors", Value::from_iter(Vec::<Value>::new()));
}

impl Views {
    /// Every page with every sample, and every letter: what the pictures in the documentation and the tests are made of.
    pub fn samples(&self) -> Result<Vec<Sample>, RenderError> {
        let mut all = Vec::new();
        samples::each(self, &mut |sample| all.push(sample))?;
        Ok(all)
    }
}

/// A page or a letter written from a sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The template's name and the sample's place among its samples, such as `register-2`.
    pub name: String,
    /// Its HTML.
    pub html: String,
    /// Whether the page says that it has our script.
    pub has_script: bool,
    /// Which of the pages of its template it is, where it says that everybody who gets it sees the same.
    pub same_for_all: Option<u64>,
    /// Its plain text and subject, for a letter.
    pub letter: Option<WrittenLetter>,
}
