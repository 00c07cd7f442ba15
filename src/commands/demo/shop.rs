//! What is for sale: a small outdoor outfitter that sells in euros to Central Europe.

use super::chance::Dice;
use super::wire::WireItem;

/// What the shop calls itself in page titles.
pub(super) const SHOP_NAME: &str = "Halden Outdoor";
/// The only currency of the shop.
pub(super) const CURRENCY: &str = "EUR";
/// Orders from here on are sent free of charge, in cents.
pub(super) const FREE_SHIPPING_FROM_MINOR: i64 = 8_000;

/// One article.
#[derive(Debug)]
pub(super) struct Product {
    /// Article number.
    pub(super) sku: &'static str,
    /// What it is called.
    pub(super) name: &'static str,
    /// Last part of its page's path.
    pub(super) slug: &'static str,
    /// Who makes it.
    pub(super) brand: &'static str,
    /// Where it hangs.
    pub(super) category: Category,
    /// Cents.
    pub(super) price_minor: i64,
    /// How often it is looked at, compared with the others.
    popularity: u32,
}

/// A department of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Jackets,
    Trousers,
    BaseLayers,
    Footwear,
    Packs,
    Camping,
    Accessories,
}

impl Category {
    /// All departments.
    pub(super) const ALL: [Self; 7] = [
        Self::Jackets,
        Self::Trousers,
        Self::BaseLayers,
        Self::Footwear,
        Self::Packs,
        Self::Camping,
        Self::Accessories,
    ];

    /// As written above the shelf.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jackets => "Jackets",
            Self::Trousers => "Trousers",
            Self::BaseLayers => "Base layers",
            Self::Footwear => "Footwear",
            Self::Packs => "Packs",
            Self::Camping => "Camping",
            Self::Accessories => "Accessories",
        }
    }

    /// As part of a path.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Jackets => "jackets",
            Self::Trousers => "trousers",
            Self::BaseLayers => "base-layers",
            Self::Footwear => "footwear",
            Self::Packs => "packs",
            Self::Camping => "camping",
            Self::Accessories => "accessories",
        }
    }
}

impl Product {
    /// `pieces` of it as a line of a cart or order.
    pub(super) fn line(&self, pieces: u32) -> WireItem {
        WireItem {
            item_id: self.sku,
            item_name: self.name,
            item_brand: self.brand,
            item_category: self.category.name(),
            price_minor: self.price_minor,
            quantity: pieces,
        }
    }

    /// Path of its page.
    pub(super) fn path(&self) -> String {
        format!("/products/{}", self.slug)
    }
}

/// An article that somebody looks at.
pub(super) fn looked_at(dice: &mut Dice) -> &'static Product {
    let total: u32 = CATALOGUE.iter().map(|product| product.popularity).sum();
    let mut left = dice.below(u64::from(total)) as u32;
    for product in &CATALOGUE {
        if left < product.popularity {
            return product;
        }
        left -= product.popularity;
    }
    unreachable!("what is drawn is below the sum of the popularities")
}

/// An article that somebody puts into the cart: dear ones are looked at more often than bought.
pub(super) fn wanted(dice: &mut Dice) -> &'static Product {
    loop {
        let product = looked_at(dice);
        let hesitation = (product.price_minor as f64 / 30_000.0).min(0.8);
        if !dice.happens(hesitation) {
            return product;
        }
    }
}

/// What a list of one department shows first.
pub(super) fn shelf(category: Category) -> impl Iterator<Item = WireItem> {
    CATALOGUE.iter().filter(move |product| product.category == category).take(4).map(|product| product.line(1))
}

/// What people type into the search box, and the department it leads to.
pub(super) const SEARCHES: [(&str, Category); 12] = [
    ("rain jacket", Category::Jackets),
    ("down jacket", Category::Jackets),
    ("kurtka przeciwdeszczowa", Category::Jackets),
    ("regenjacke damen", Category::Jackets),
    ("hiking boots", Category::Footwear),
    ("wanderschuhe", Category::Footwear),
    ("merino", Category::BaseLayers),
    ("backpack 30l", Category::Packs),
    ("plecak", Category::Packs),
    ("spací pytel", Category::Camping),
    ("gloves", Category::Accessories),
    ("softshell trousers", Category::Trousers),
];

const fn product(
    (sku, slug, name, brand): (&'static str, &'static str, &'static str, &'static str),
    category: Category,
    price_minor: i64,
    popularity: u32,
) -> Product {
    Product { sku, name, slug, brand, category, price_minor, popularity }
}

/// Everything for sale.
pub(super) static CATALOGUE: [Product; 40] = {
    use Category::{Accessories, BaseLayers, Camping, Footwear, Jackets, Packs, Trousers};
    [
        product(("HJ-101", "ridgeline-rain-jacket", "Ridgeline Rain Jacket", "Halden"), Jackets, 11_990, 95),
        product(("HJ-102", "drift-down-jacket", "Drift Down Jacket", "Halden"), Jackets, 17_990, 70),
        product(("TJ-110", "tarn-softshell", "Tarn Softshell", "Tarn & Fell"), Jackets, 8_990, 62),
        product(("TJ-111", "gale-windbreaker", "Gale Windbreaker", "Tarn & Fell"), Jackets, 6_490, 48),
        product(("KJ-120", "rysy-alpine-shell", "Rysy Alpine Shell", "Kozica"), Jackets, 28_990, 24),
        product(("KJ-121", "sudety-fleece", "Sudety Fleece", "Kozica"), Jackets, 4_990, 80),
        product(("HT-201", "ramble-trousers", "Ramble Trousers", "Halden"), Trousers, 5_990, 58),
        product(("HT-202", "ramble-zip-off", "Ramble Zip-Off Trousers", "Halden"), Trousers, 6_990, 40),
        product(("TT-210", "scree-softshell-trousers", "Scree Softshell Trousers", "Tarn & Fell"), Trousers, 8_490, 34),
        product(("KT-220", "bieszczady-shorts", "Bieszczady Shorts", "Kozica"), Trousers, 3_490, 22),
        product(("HT-203", "downpour-overtrousers", "Downpour Overtrousers", "Halden"), Trousers, 5_490, 26),
        product(("HB-301", "merino-150-tee", "Merino 150 Tee", "Halden"), BaseLayers, 4_490, 66),
        product(("HB-302", "merino-200-long-sleeve", "Merino 200 Long Sleeve", "Halden"), BaseLayers, 5_990, 60),
        product(("HB-303", "merino-leggings", "Merino Leggings", "Halden"), BaseLayers, 5_490, 38),
        product(("TB-310", "thermal-set", "Thermal Set", "Tarn & Fell"), BaseLayers, 3_990, 44),
        product(("TB-311", "quick-dry-tee", "Quick-Dry Tee", "Tarn & Fell"), BaseLayers, 1_990, 42),
        product(("KF-401", "tatra-hiking-boots", "Tatra Hiking Boots", "Kozica"), Footwear, 13_990, 72),
        product(("KF-402", "beskid-low-shoes", "Beskid Low Shoes", "Kozica"), Footwear, 9_990, 50),
        product(("TF-410", "brook-trail-runners", "Brook Trail Runners", "Tarn & Fell"), Footwear, 10_990, 46),
        product(("TF-411", "harbour-sandals", "Harbour Sandals", "Tarn & Fell"), Footwear, 5_490, 14),
        product(("HF-420", "winter-camp-booties", "Winter Camp Booties", "Halden"), Footwear, 4_290, 30),
        product(("HP-501", "daybreak-22", "Daybreak 22 Pack", "Halden"), Packs, 6_990, 64),
        product(("HP-502", "daybreak-30", "Daybreak 30 Pack", "Halden"), Packs, 8_490, 52),
        product(("TP-510", "longway-55", "Longway 55 Trekking Pack", "Tarn & Fell"), Packs, 16_990, 26),
        product(("TP-511", "pocket-12", "Pocket 12 Foldable Pack", "Tarn & Fell"), Packs, 2_490, 36),
        product(("HP-503", "rain-cover", "Pack Rain Cover", "Halden"), Packs, 1_490, 32),
        product(("HC-601", "nest-sleeping-bag", "Nest Sleeping Bag", "Halden"), Camping, 12_490, 30),
        product(("HC-602", "lee-tent-2", "Lee Tent for Two", "Halden"), Camping, 24_990, 22),
        product(("TC-610", "float-sleeping-mat", "Float Sleeping Mat", "Tarn & Fell"), Camping, 6_990, 26),
        product(("KC-620", "kociolek-cook-set", "Kociołek Cook Set", "Kozica"), Camping, 3_990, 24),
        product(("KC-621", "steel-mug", "Steel Mug", "Kozica"), Camping, 1_290, 34),
        product(("TC-611", "beam-headlamp", "Beam Headlamp", "Tarn & Fell"), Camping, 3_490, 48),
        product(("HA-701", "wool-beanie", "Wool Beanie", "Halden"), Accessories, 1_990, 74),
        product(("HA-702", "merino-socks", "Merino Hiking Socks", "Halden"), Accessories, 1_690, 88),
        product(("HA-703", "storm-gloves", "Storm Gloves", "Halden"), Accessories, 3_990, 56),
        product(("TA-710", "trek-poles", "Trek Poles", "Tarn & Fell"), Accessories, 5_990, 40),
        product(("TA-711", "neck-warmer", "Neck Warmer", "Tarn & Fell"), Accessories, 1_490, 46),
        product(("KA-720", "gaiters", "Snow Gaiters", "Kozica"), Accessories, 2_990, 24),
        product(("KA-721", "steel-bottle", "Insulated Bottle 0.75 l", "Kozica"), Accessories, 2_690, 50),
        product(("KA-722", "care-wash", "Down and Shell Care Wash", "Kozica"), Accessories, 1_190, 28),
    ]
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn articles_are_told_apart_by_number_and_by_page() {
        let skus: HashSet<_> = CATALOGUE.iter().map(|product| product.sku).collect();
        let paths: HashSet<_> = CATALOGUE.iter().map(Product::path).collect();
        assert_eq!((skus.len(), paths.len()), (CATALOGUE.len(), CATALOGUE.len()));
    }

    #[test]
    fn every_department_fills_a_shelf() {
        for category in Category::ALL {
            assert_eq!(shelf(category).count(), 4, "{}", category.name());
        }
    }
}
