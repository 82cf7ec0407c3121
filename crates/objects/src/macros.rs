//! The table of the house: what turns one line into an object.

/// Makes a struct with an `id` field an object of a table, with the named secondary index. Says
/// where it holds money and which accounts it concerns, each by members or by a block, and of
/// orders, what market they are in.
macro_rules! object {
    ($type:ident, $index:ty, holds [$($($member:ident).+),*], $($rest:tt)*) => {
        impl crate::Holds for $type {
            const HOLDS: bool = false $(|| !stringify!($($member).+).is_empty())*;
            #[inline]
            fn holds(&self, _: &impl crate::Assets, _sheet: &mut impl crate::Sheet) {
                $(_sheet.hold(self.$($member).+);)*
            }
        }

        object!(@ $type, $index, $($rest)*);
    };
    (
        $type:ident, $index:ty,
        holds |$object:ident, $assets:ident, $sheet:ident| $body:block,
        $($rest:tt)*
    ) => {
        impl crate::Holds for $type {
            const HOLDS: bool = true;
            #[inline]
            fn holds(&self, $assets: &impl crate::Assets, $sheet: &mut impl crate::Sheet) {
                let $object = self;
                $body
            }
        }

        object!(@ $type, $index, $($rest)*);
    };
    (@ $type:ident, $index:ty, concerns [$($($member:ident).+),*]) => {
        object!(@ $type, $index, concerns |_object, _accounts| {
            $(_accounts.insert(_object.$($member).+);)*
        });
    };
    (@ $type:ident, $index:ty, concerns |$object:ident, $accounts:ident| $body:block) => {
        object!(@ $type, $index, concerns |$object, $accounts| $body, market |_assets| None);
    };
    (
        @ $type:ident, $index:ty,
        concerns |$object:ident, $accounts:ident| $body:block,
        market |$assets:ident| $market:expr
    ) => {
        impl carbyne_graph::Object for $type {
            type Index = $index;
            #[inline]
            fn instance(&self) -> u64 {
                self.id.0
            }
            #[inline]
            fn set_instance(&mut self, instance: u64) {
                self.id.0 = instance;
            }
        }

        impl crate::Concerns for $type {
            fn id(&self) -> carbyne_wire::ObjectId {
                self.id.into()
            }
            #[allow(unused_variables)] // Some objects concern nobody.
            fn concerns(
                &self,
                $accounts: &mut carbyne_wire::FlatSet<carbyne_protocol::ids::AccountId>,
            ) {
                let $object = self;
                $body
            }
            #[allow(unused_variables)] // Most are no orders.
            fn market(&self, $assets: &dyn crate::Assets) -> Option<crate::Market> {
                let $object = self;
                $market
            }
        }
    };
}
