//! What pages carry beside their HTML: stylesheet, script, icon, logo and the drawing of a policy.

use crate::files::{SCRIPT, STYLESHEET};
use crate::palette::Palette;
use crate::settings::{Logo, LogoFormat};
use minijinja::{Value, context};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A file that pages name.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Where it is served. The path changes with the bytes, so that it may be kept for ever.
    pub path: String,
    /// Its media type.
    pub content_type: &'static str,
    /// What it holds.
    pub bytes: Cow<'static, [u8]>,
}

impl Asset {
    fn new(name: &str, ending: &str, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let hash =
            Sha256::digest(&bytes).iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        Self { path: format!("/{name}-{hash:016x}.{ending}"), content_type, bytes: Cow::Owned(bytes) }
    }
}

/// All assets.
#[derive(Clone, Debug)]
pub(crate) struct Assets {
    stylesheet: Asset,
    script: Asset,
    favicon: Asset,
    policy: Asset,
    logo: Option<Asset>,
}

impl Assets {
    /// From the palettes and two drawings, already in the insurer's colour and language.
    pub(crate) fn new(
        light: Palette,
        dark: Palette,
        favicon: String,
        policy: String,
        logo: Option<Logo>,
    ) -> Self {
        let svg = |name, drawing: String| Asset::new(name, "svg", "image/svg+xml", drawing.into_bytes());
        Self {
            stylesheet: Asset::new(
                "estilo",
                "css",
                "text/css; charset=utf-8",
                stylesheet(light, dark).into_bytes(),
            ),
            script: Asset::new(
                "clave",
                "js",
                "text/javascript; charset=utf-8",
                script_for_the_wire(SCRIPT).into_bytes(),
            ),
            favicon: svg("icono", favicon),
            policy: svg("poliza", policy),
            logo: logo.map(|logo| match logo.format {
                LogoFormat::Svg => Asset::new("logo", "svg", "image/svg+xml", logo.bytes),
                LogoFormat::Png => Asset::new("logo", "png", "image/png", logo.bytes),
            }),
        }
    }

    /// Their paths, for templates.
    pub(crate) fn paths(&self) -> Value {
        // They are ours and hold nothing to escape; the engine would write their slashes as entities.
        let path = |asset: &Asset| Value::from_safe_string(asset.path.clone());
        context! {
            stylesheet => path(&self.stylesheet),
            script => path(&self.script),
            favicon => path(&self.favicon),
            policy => path(&self.policy),
            logo => self.logo.as_ref().map(path),
        }
    }

    /// All of them.
    pub(crate) fn into_all(self) -> Vec<Asset> {
        [Some(self.stylesheet), Some(self.script), Some(self.favicon), Some(self.policy), self.logo]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The stylesheet with its colours.
fn stylesheet(light: Palette, dark: Palette) -> String {
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n{}",
        light.to_css(),
        dark.to_css(),
        for_the_wire(STYLESHEET),
    )
}

/// The stylesheet less its comments and line ends, which are for us and not for every visitor to carry home.
fn for_the_wire(source: &str) -> String {
    source
        .split("/*")
        .flat_map(|part| part.split_once("*/\n").map_or(part, |(_, after)| after).lines())
        .collect()
}

/// The script less its comments and indents. Its lines stay, for they end statements.
fn script_for_the_wire(source: &str) -> String {
    let lines =
        source.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
