internal import Vocabulary

/// Rules about what the books have: what QuickBooks would refuse, and what it would take otherwise than
/// meant.
enum BooksRules {
  static let itemUnfit = Finding.Kind(
    "item-not-usable", .error,
    meaning:
      "An item is in the books as something that cannot stand on an invoice with an amount, or its "
      + "account is none for income.",
    remedy:
      "put it right in QuickBooks and export the lists again, or map the category to another item"
  )
  static let itemNotInBooks = Finding.Kind(
    "item-not-in-books", .error,
    meaning: "An item is not in the books, and policies.unmatched_items says hold.",
    remedy:
      "add the item in QuickBooks and export the lists again, or map the category to another item"
  )
  static let termsUnfit = Finding.Kind(
    "terms-not-usable", .error,
    meaning:
      "Terms are inactive in the books, or not there and policies.unmatched_terms says hold.",
    remedy:
      "make them active or add them in QuickBooks and export the lists again, or map to others")
  static let classUnfit = Finding.Kind(
    "class-not-usable", .error,
    meaning: "A class is inactive in the books.",
    remedy: "make it active in QuickBooks and export the lists again, or map to another class")
  static let receivableUnfit = Finding.Kind(
    "receivable-account-not-usable", .error,
    meaning: "The account that invoices shall be receivable on is none for that in the books.",
    remedy:
      "set quickbooks.accounts_receivable to the name of an account of type Accounts Receivable")

  static let itemAccountDiffers = Finding.Kind(
    "item-account-differs", .warning,
    meaning:
      "The mapping names another account than the item has in the books; the item's own account counts.",
    remedy: "correct the account in mapping.csv, or change the item in QuickBooks")
  static let termsDiffer = Finding.Kind(
    "terms-differ", .warning,
    meaning: "Terms are in the books with another number of days than their name says.",
    remedy: "correct the terms in QuickBooks; LoadBooks states the due date by the name")
  static let receivableNew = Finding.Kind(
    "receivable-account-new", .warning,
    meaning:
      "The receivable account of the settings is not in the books, which have another one; QuickBooks "
      + "would get a second.",
    remedy: "set quickbooks.accounts_receivable to the account that the books have")
  static let itemResembles = Finding.Kind(
    "item-resembles-another", .warning,
    meaning:
      "An item is created in QuickBooks, although there is one whose name is nearly the same.",
    remedy: "if it is a slip, change the line of mapping.csv before the files are imported")
  static let accountResembles = Finding.Kind(
    "account-resembles-another", .warning,
    meaning:
      "An income account is created in QuickBooks, although there is one whose name is nearly the same.",
    remedy: "if it is a slip, correct the account before the files are imported")
  static let incomplete = Finding.Kind(
    "books-incomplete", .warning,
    meaning:
      "The books have only a part of a list, or QuickBooks refused to give it; nothing that is not in that "
      + "part is created.",
    remedy:
      "ask QuickBooks again (loadbooks pull --target qbxml writes the questions) and give all its answers "
      + "as books")
  static let disagree = Finding.Kind(
    "books-disagree", .warning,
    meaning: "Two files of the books say different things about one entry; the newer one counts.",
    remedy: "export the lists again and remove the older file from the books folder")
  static let outdated = Finding.Kind(
    "books-outdated", .notice,
    meaning:
      "The books were exported before the last run, so what was created since is not in them.",
    remedy: "export the lists from QuickBooks again after each import")

  static let batch = [
    itemAccountDiffers, itemResembles, accountResembles, termsDiffer, receivableNew, disagree,
    incomplete, outdated,
  ]
}
