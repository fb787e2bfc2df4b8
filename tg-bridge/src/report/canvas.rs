//! Drawing: rectangles and Cyrillic text on an RGB picture, without any font of the machine.

use super::Error;
use plotters::coord::Shift;
use plotters::prelude::{BitMapBackend, DrawingArea, IntoDrawingArea, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle, register_font};
use std::fmt::Display;
use std::sync::Once;

const FONT: &str = "DejaVu Sans";

#[derive(Clone, Copy)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// Where a text lies at its point; always in the middle of its height.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

pub(super) struct Canvas<'a>(DrawingArea<BitMapBackend<'a>, Shift>);

impl<'a> Canvas<'a> {
    /// Draws on the pixels, three bytes each.
    pub(super) fn on(pixels: &'a mut [u8], (width, height): (i32, i32)) -> Result<Self, Error> {
        static FONTS: Once = Once::new();
        FONTS.call_once(|| {
            // A font that were refused would be missed by the first text.
            let _ = register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
            let _ = register_font(FONT, FontStyle::Bold, dejavu::sans::bold());
        });
        let size = (width.unsigned_abs(), height.unsigned_abs());
        if pixels.len() != 3 * size.0 as usize * size.1 as usize {
            return Err(Error::Chart("the picture has another size".into()));
        }
        Ok(Self(
            BitMapBackend::with_buffer(pixels, size).into_drawing_area(),
        ))
    }

    /// A rectangle up to, but without, its far edges.
    pub(super) fn fill(
        &self,
        from: (i32, i32),
        to: (i32, i32),
        colour: Colour,
    ) -> Result<(), Error> {
        let rectangle = Rectangle::new([from, to], rgb(colour).filled());
        self.0.draw(&rectangle).map_err(failed)
    }

    pub(super) fn text(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        colour: Colour,
        align: Align,
    ) -> Result<(), Error> {
        self.write(text, at, style(size, FontStyle::Normal), colour, align)
    }

    pub(super) fn bold(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        colour: Colour,
        align: Align,
    ) -> Result<(), Error> {
        self.write(text, at, style(size, FontStyle::Bold), colour, align)
    }

    /// Bold and centred, as large as the room allows.
    pub(super) fn bold_within(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        room: i32,
        colour: Colour,
    ) -> Result<(), Error> {
        let width = self.measure(text, &style(size, FontStyle::Bold))?;
        let size = if width > room {
            size * room / width
        } else {
            size
        };
        self.bold(text, at, size, colour, Align::Middle)
    }

    /// How wide a text is.
    pub(super) fn width(&self, text: &str, size: i32) -> Result<i32, Error> {
        self.measure(text, &style(size, FontStyle::Normal))
    }

    fn measure(&self, text: &str, style: &TextStyle<'_>) -> Result<i32, Error> {
        let (width, _) = self.0.estimate_text_size(text, style).map_err(failed)?;
        Ok(i32::try_from(width).unwrap_or(i32::MAX))
    }

    fn write(
        &self,
        text: &str,
        at: (i32, i32),
        style: TextStyle<'_>,
        colour: Colour,
        align: Align,
    ) -> Result<(), Error> {
        let side = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let colour = rgb(colour);
        let style = style.color(&colour).pos(Pos::new(side, VPos::Center));
        self.0.draw_text(text, &style, at).map_err(failed)
    }
}

fn style(size: i32, weight: FontStyle) -> TextStyle<'static> {
    FontDesc::new(FontFamily::Name(FONT), f64::from(size), weight).into()
}

fn rgb(Colour(red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn failed(error: impl Display) -> Error {
    Error::Chart(error.to_string())
}

/// The pixels as a PNG file.
pub(super) fn png(pixels: &[u8], (width, height): (i32, i32)) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width.unsigned_abs(), height.unsigned_abs());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Filters are for photographs: even areas get no smaller by them, only three times slower.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}
