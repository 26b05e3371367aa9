//! What is the same for everybody, kept as it leaves: pages that were written once, and the files of the look. Each is
//! compressed once, as well as can be, when somebody first asks for it so.
//!
//! Nothing that is of one person gets here: a page says itself whether it is the same for all (`Page::same_for_all`).

use crate::coding::Coding;
use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::HeaderValue;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use zaguan_views::{Asset, Page, RenderError, Views};

/// How many pages are kept at most. There are some twenty, and as many forms of registration as there were books.
const PAGES: usize = 64;

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    files: HashMap<String, KeptFile>,
    pages: RwLock<HashMap<(&'static str, u64), Arc<KeptBody>>>,
}

/// A file of the look.
#[derive(Debug)]
pub(crate) struct KeptFile {
    pub(crate) content_type: HeaderValue,
    pub(crate) body: Arc<KeptBody>,
}

impl Kept {
    /// The files of the look, and no page yet.
    pub fn new(views: &Views) -> Self {
        let kept = |asset: &Asset| KeptFile {
            content_type: HeaderValue::from_static(asset.content_type),
            body: Arc::new(KeptBody::new(asset.bytes.to_vec())),
        };
        let files = views.assets().iter().map(|asset| (asset.path.clone(), kept(asset)));
        Self { files: files.collect(), pages: RwLock::default() }
    }

    /// The file of the look at this path.
    pub(crate) fn file(&self, path: &str) -> Option<&KeptFile> {
        self.files.get(path)
    }

    /// The page, written now if it was not before; nothing when it is not the same for all.
    pub(crate) fn page<P: Page>(
        &self,
        views: &Views,
        page: &P,
    ) -> Result<Option<Arc<KeptBody>>, RenderError> {
        let Some(which) = page.same_for_all() else { return Ok(None) };
        let name = (P::TEMPLATE, which);
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = pages.get(&name) {
            return Ok(Some(Arc::clone(kept)));
        }
        drop(pages);
        let written = Arc::new(KeptBody::new(views.page(page)?.into_bytes()));
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES {
            pages.clear();
        }
        Ok(Some(Arc::clone(pages.entry(name).or_insert(written))))
    }
}

/// The body of an answer in all its codings.
pub(crate) struct KeptBody {
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    /// By which a browser says that it has it, one for each coding (RFC 9110, section 8.8.3).
    tags: [HeaderValue; 3],
}

impl KeptBody {
    fn new(plain: Vec<u8>) -> Self {
        let name = URL_SAFE_NO_PAD.encode(&Sha256::digest(&plain)[..12]);
        let tag = |end: &str| {
            let tag = format!("\"{name}{end}\"");
            HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
        };
        let tags = [tag(""), tag("-gz"), tag("-br")];
        Self { plain: plain.into(), gzip: OnceLock::new(), brotli: OnceLock::new(), tags }
    }

    /// The body in this coding.
    pub(crate) fn coded(&self, coding: Coding) -> Bytes {
        let coded = |kept: &OnceLock<Bytes>| kept.get_or_init(|| coding.apply(&self.plain)).clone();
        match coding {
            Coding::Plain => self.plain.clone(),
            Coding::Gzip => coded(&self.gzip),
            Coding::Brotli => coded(&self.brotli),
        }
    }

    /// The name of the body in this coding.
    pub(crate) fn tag(&self, coding: Coding) -> &HeaderValue {
        &self.tags[coding as usize]
    }
}

impl fmt::Debug for KeptBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptBody").field("bytes", &self.plain.len()).finish_non_exhaustive()
    }
}
