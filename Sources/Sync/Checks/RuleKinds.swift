internal import Vocabulary

/// Rules about what could be read.
enum ReadingRules {
  static let unreadableRecord = Finding.Kind(
    "unreadable-record", .error,
    meaning:
      "A row or an object could not be read whole; its invoice waits, and what could not be read "
      + "counts as 0.00.",
    remedy: "mend the row in the export, or in held.csv, where held_because must be emptied as well"
  )
  static let numberMissing = Finding.Kind(
    "invoice-number-missing", .error,
    meaning: "A row has no invoice number.",
    remedy: "fill in the invoice number, or remove the row if it is a subtotal")
  static let dateMissing = Finding.Kind(
    "date-missing", .error,
    meaning: "An invoice has no invoice date.",
    remedy: "fill in the invoice date in LoadOps, export again")
  static let dateUnreadable = Finding.Kind(
    "date-unreadable", .error,
    meaning: "A date is not a day of the calendar, or is written in a way that is not known.",
    remedy: "write the date as YYYY-MM-DD")
  static let datesMixed = Finding.Kind(
    "dates-mixed", .error,
    meaning:
      "A column writes dates in more than one way, so the day that is meant cannot be known.",
    remedy: "write every date of the column the same way, best as YYYY-MM-DD")
  static let amountMissing = Finding.Kind(
    "amount-missing", .error,
    meaning: "A line has no amount.",
    remedy: "fill in the amount in LoadOps, export again")
  static let amountUnreadable = Finding.Kind(
    "amount-unreadable", .error,
    meaning:
      "An amount, a quantity or a rate is not a number that can be taken exactly; an amount counts as "
      + "0.00 then.",
    remedy: "write it in plain digits with a decimal point, such as 1234.50")
  static let numberDoubtful = Finding.Kind(
    "number-doubtful", .error,
    meaning:
      "A number such as 1.500 or 1,500 stands in a column that has numbers with a decimal comma and with a "
      + "decimal point, so it may be a thousand times as much; an amount counts as 0.00 then.",
    remedy: "write all numbers the same way, and set formats.numbers to that way")
  static let fieldsConflict = Finding.Kind(
    "invoice-fields-conflict", .error,
    meaning: "Rows of one invoice contradict each other about something that an invoice has once.",
    remedy: "make the rows agree, or give the second invoice a number of its own")
  static let mayBeIncomplete = Finding.Kind(
    "invoice-may-be-incomplete", .error,
    meaning:
      "A row beside the invoice has no readable number and may belong to it, and the invoice has "
      + "no total that would tell.",
    remedy: "fill in the number of the row beside it, or export the invoices with their totals")
  static let mayBeCutOff = Finding.Kind(
    "invoice-may-be-cut-off", .error,
    meaning:
      "The file ends in a figure of the invoice without a line end, as it does when it was cut off there, and "
      + "nothing, such as the invoice's total, shows that the figure is whole.",
    remedy: "export again, or add a line end behind the last row once you have checked it")
  static let linesMissing = Finding.Kind(
    "lines-missing", .error,
    meaning: "An invoice has no lines.",
    remedy: "export the invoice with its line items")
  static let cellError = Finding.Kind(
    "cell-error", .error,
    meaning:
      "A cell holds an error of a spreadsheet, such as #REF! or ####, or a formula that was never "
      + "calculated, instead of a value.",
    remedy: "mend the formula, widen the column, or take the value from LoadOps, then save again")
  static let digitsLost = Finding.Kind(
    "digits-lost", .error,
    meaning:
      "An identifier was made a number with an exponent or a fraction, a date, or a truth value on its way, "
      + "such as 1.23E+11 or 1001.0: how it was written is lost.",
    remedy: "export again and open the file with that column as text, or fill in the digits")
  static let amountExponent = Finding.Kind(
    "amount-exponent", .notice,
    meaning:
      "A number is written with an exponent, such as 1.2E+05; it is taken as it stands, but a spreadsheet may "
      + "have rounded it before.",
    remedy: "compare it with LoadOps if it should have more digits")
  static let invoiceLumped = Finding.Kind(
    "invoice-lumped", .notice,
    meaning:
      "The export has no lines for the invoice, so all of its total goes to one income category, as "
      + "layouts.header_only says.",
    remedy: "nothing needs to be done; export the invoices with their lines to book each category")
  static let loadIDDiffers = Finding.Kind(
    "load-id-differs", .warning,
    meaning: "LoadOps uses one value for load and invoice, but here they differ.",
    remedy: "check which of the two the customer knows; the invoice number was used")
}

/// Rules about sums.
enum ArithmeticRules {
  static let totalMismatch = Finding.Kind(
    "total-mismatch", .error,
    meaning: "The lines of an invoice do not add up to its total.",
    remedy: "correct the line or the total in LoadOps, export again")
  static let rateMismatch = Finding.Kind(
    "rate-mismatch", .notice,
    meaning: "Quantity times rate is not the amount; the amount counts.",
    remedy: "nothing needs to be done; correct the rate in LoadOps if the amount is wrong")
  static let dueAmountExceedsTotal = Finding.Kind(
    "due-amount-exceeds-total", .warning,
    meaning: "More is still due than the invoice was about.",
    remedy: "look at the invoice's payments in LoadOps")
  static let negativeTotal = Finding.Kind(
    "negative-total", .error,
    meaning: "The total is below zero, and credit memos are switched off.",
    remedy: "set policies.negative_total to credit-memo, or enter it by hand and suppress it here")
  static let zeroTotal = Finding.Kind(
    "zero-total", .error,
    meaning: "The total is zero; QuickBooks Desktop may refuse such an invoice.",
    remedy: "leave it, or set policies.zero_total to send")
}

/// Rules about invoice numbers.
enum NumberRules {
  static let numberIllegal = Finding.Kind(
    "invoice-number-illegal", .error,
    meaning: "An invoice number has characters that QuickBooks cannot keep, or lost its digits.",
    remedy: "correct the number in LoadOps; a number such as 1.23E+11 must be exported as text")
  static let numberTooLong = Finding.Kind(
    "invoice-number-too-long", .error,
    meaning: "QuickBooks Desktop keeps eleven characters of an invoice number.",
    remedy: "shorten the number, or set policies.long_numbers to keep-right")
  static let numberShortened = Finding.Kind(
    "invoice-number-shortened", .notice,
    meaning: "The eleven rightmost characters of an invoice number are written.",
    remedy: "nothing needs to be done")
  static let numberTaken = Finding.Kind(
    "invoice-number-taken", .error,
    meaning: "Two invoices would have the same document number in QuickBooks.",
    remedy: "give one of them another number; what QuickBooks keeps must be unique")
  static let rowsNotAdjacent = Finding.Kind(
    "rows-not-adjacent", .notice,
    meaning: "The rows of an invoice stand in several places of the file.",
    remedy: "nothing needs to be done")
  static let invoiceRepeated = Finding.Kind(
    "invoice-repeated", .notice,
    meaning: "An invoice is in the export more than once, each time the same; it is read once.",
    remedy: "nothing needs to be done")
  static let rowsIdentical = Finding.Kind(
    "rows-identical", .error,
    meaning: "Two rows of an invoice are the same in every cell; one of them may be a slip.",
    remedy: "give both rows a different line_no if both are meant, otherwise remove one")
  static let sameNumberDifferentContent = Finding.Kind(
    "same-number-different-content", .error,
    meaning: "One invoice number stands for different invoices; every copy is held.",
    remedy: "keep the right one, or give the others numbers of their own")
}

/// Rules about who is billed.
enum CustomerRules {
  static let customerMissing = Finding.Kind(
    "customer-missing", .error,
    meaning: "An invoice names no customer.",
    remedy: "fill in the customer in LoadOps, export again")
  static let customerUnknown = Finding.Kind(
    "customer-unknown", .error,
    meaning: "An invoice names a customer that is neither in the customers export nor mapped.",
    remedy: "export the customers again, or correct the name; pairing goes by the exact name")
  static let customerIDDisagrees = Finding.Kind(
    "customer-id-disagrees", .error,
    meaning: "An invoice's customer id belongs to another name.",
    remedy: "correct the customer or the id in LoadOps, export again")
  static let customerNotPaired = Finding.Kind(
    "customer-not-paired", .error,
    meaning:
      "A customer has no exact match in QuickBooks, and none may be created, or QuickBooks would take "
      + "it for one that it has.",
    remedy: "add the customer in QuickBooks, map it, or set policies.unmatched_customers to create")
  static let customerNameTaken = Finding.Kind(
    "customer-name-taken", .error,
    meaning:
      "A vendor, an employee or an other name has the customer's name in QuickBooks, which keeps all "
      + "of them in one list.",
    remedy: "map the customer to a name of its own")
  static let customerResembles = Finding.Kind(
    "customer-resembles-another", .warning,
    meaning:
      "A customer is created in QuickBooks, although there is one whose name is nearly the same.",
    remedy: "if they are one customer, add the mapping line before the files are imported")
  static let customerSpeltTwice = Finding.Kind(
    "customer-spelt-twice", .warning,
    meaning: "LoadOps has two customers whose names are nearly the same.",
    remedy: "if they are one customer, merge them in LoadOps, or map both to one name")
  static let customerInactive = Finding.Kind(
    "customer-inactive", .warning,
    meaning: "A mapping line names a customer that is inactive in QuickBooks.",
    remedy: "make the customer active in QuickBooks, or map to another one")
  static let customerNameIllegal = Finding.Kind(
    "customer-name-illegal", .error,
    meaning: "A customer's name has characters that mean something else in QuickBooks.",
    remedy: "map the customer to a name without them")
  static let customerNameTooLong = Finding.Kind(
    "customer-name-too-long", .error,
    meaning: "QuickBooks Desktop keeps 41 characters of a customer's name.",
    remedy: "map the customer to a shorter name")
  static let customerNameClash = Finding.Kind(
    "customer-name-clash", .error,
    meaning:
      "Two LoadOps customers would be one customer in QuickBooks, or only blanks tell them apart.",
    remedy: "if they are the same, map both to one name; otherwise map one to a different name")
  static let customerNameChanged = Finding.Kind(
    "customer-name-changed", .warning,
    meaning:
      "A customer's name is written with other characters, because QuickBooks' file cannot hold them.",
    remedy:
      "if QuickBooks has the name with its accents, set formats.iif.encoding to windows1252, or target to qbxml"
  )
  static let customerListedTwice = Finding.Kind(
    "customer-listed-twice", .error,
    meaning: "The customers export has one name twice, with different numbers.",
    remedy: "give the two customers different names in LoadOps, or remove one")
}

/// Rules about income categories, terms and tax.
enum ItemRules {
  static let categoryMissing = Finding.Kind(
    "category-missing", .error,
    meaning: "A line has no income category.",
    remedy: "fill in the income category in LoadOps, export again")
  static let categoryUnmapped = Finding.Kind(
    "category-unmapped", .error,
    meaning: "An income category has no QuickBooks item.",
    remedy: "add a line for it to mapping.csv")
  static let categoryNotDeclared = Finding.Kind(
    "category-not-declared", .notice,
    meaning: "An income category is mapped but not in the income-categories export.",
    remedy: "nothing needs to be done; export the income categories again to be sure")
  static let termsUnknown = Finding.Kind(
    "terms-unknown", .error,
    meaning: "Terms do not say by themselves when the money is due, and no line maps them.",
    remedy: "add a terms line to mapping.csv")
  static let lineTaxable = Finding.Kind(
    "line-taxable", .error,
    meaning: "A line is marked as taxable; LoadBooks writes no sales tax.",
    remedy: "enter this invoice in QuickBooks by hand and suppress it here, or unmark the line")
}

/// Rules that follow from the settings.
enum PolicyRules {
  static let statusNotSendable = Finding.Kind(
    "status-not-sendable", .error,
    meaning: "The invoice's status is not one that may be sent.",
    remedy: "wait until the load is completed, or change policies.sendable_statuses")
  static let periodClosed = Finding.Kind(
    "period-closed", .error,
    meaning: "The invoice is dated in a closed period.",
    remedy: "date it in an open period, or change policies.closed_through")
  static let dateInFuture = Finding.Kind(
    "date-in-future", .error,
    meaning: "The invoice is dated further ahead than policies.future_days allows.",
    remedy: "check the date, or change policies.future_days")
  static let dueBeforeInvoice = Finding.Kind(
    "due-before-invoice", .error,
    meaning: "The invoice would be due before it is dated.",
    remedy: "correct the due date or the invoice date in LoadOps")
  static let currencyDiffers = Finding.Kind(
    "currency-differs", .error,
    meaning: "The invoice is in another currency than the company.",
    remedy: "enter it by hand; LoadBooks carries one currency")
}

/// Rules about what was sent before and what may not be sent.
enum MemoryRules {
  static let refusedByQuickBooks = Finding.Kind(
    "refused-by-quickbooks", .error,
    meaning:
      "QuickBooks refused the invoice, or another one for the same reason, and nothing has changed "
      + "since.",
    remedy: "put it right in QuickBooks, then say so with: loadbooks release --refused NAME")
  static let inQuickBooksAfterUndo = Finding.Kind(
    "in-quickbooks-after-undo", .error,
    meaning:
      "QuickBooks has the invoice from a run that was taken back; sent again, it would be there twice.",
    remedy: "send delete-from-quickbooks.xml of that run, then accept its answer")
  static let changedSinceSynced = Finding.Kind(
    "changed-since-synced", .error,
    meaning: "The invoice was sent before, and has changed since.",
    remedy:
      "make the change in QuickBooks by hand, then say so with: loadbooks adopt INVOICE; or put it "
      + "back in LoadOps")
  static let statusChangedSinceSynced = Finding.Kind(
    "status-changed-since-synced", .warning,
    meaning: "The invoice was sent before, and its status is now one that would not be sent.",
    remedy: "if it is void in LoadOps, void it in QuickBooks by hand as well")
  static let restatedSinceSynced = Finding.Kind(
    "restated-since-synced", .warning,
    meaning:
      "The invoice was sent before and has the same lines, but its total or its tax is now stated "
      + "otherwise.",
    remedy: "correct it in LoadOps, or make the change in QuickBooks by hand")
  static let syncedWithoutRecord = Finding.Kind(
    "synced-without-record", .error,
    meaning: "LoadOps says that QuickBooks has the invoice, but LoadBooks never sent it.",
    remedy:
      "if it is in QuickBooks, say so with: loadbooks adopt INVOICE; otherwise clear its QB status "
      + "in LoadOps")
  static let zerosLost = Finding.Kind(
    "zeros-lost", .error,
    meaning:
      "An invoice number differs only by zeros in front from one that was sent before, or from another one of "
      + "the export; a spreadsheet may have dropped them, and the invoice would be in QuickBooks twice.",
    remedy:
      "export again and keep the number's zeros (open the file with that column as text); if it is another "
      + "invoice, give it another number")
  static let suppressedAfterSync = Finding.Kind(
    "suppressed-after-sync", .warning,
    meaning: "The invoice is on the suppression list, but was sent before.",
    remedy: "remove it from the list, or void it in QuickBooks")
  static let suppressed = Finding.Kind(
    "suppressed", .notice,
    meaning: "The invoice may not be sent.",
    remedy: "release it with: loadbooks release INVOICE")
  static let suppressionGuardDiffers = Finding.Kind(
    "suppression-guard-differs", .error,
    meaning:
      "A suppression row has the invoice's number, but names another customer; the invoice waits "
      + "until they agree.",
    remedy: "correct the number or the customer in suppress.csv")
}

/// Rules about texts that a file for QuickBooks cannot hold as they are.
enum TextRules {
  static let textChanged = Finding.Kind(
    "text-changed", .notice,
    meaning: "A text is written with other characters, because QuickBooks' file cannot hold them.",
    remedy: "nothing needs to be done")
  static let textCut = Finding.Kind(
    "text-cut", .warning,
    meaning: "A text is longer than QuickBooks keeps and is cut at its limit.",
    remedy: "shorten the text in LoadOps if its end matters")
  static let textUnrepresentable = Finding.Kind(
    "text-unrepresentable", .warning,
    meaning:
      "A text has characters that nothing in the file stands for; they become question marks.",
    remedy: "for IIF, set formats.iif.encoding to windows1252 if that has them; or change the text")
}

/// Findings about a whole file or a whole run rather than one invoice.
enum BatchRules {
  static let unknownColumns = Finding.Kind(
    "unknown-columns", .notice,
    meaning:
      "A file has columns or keys that mean nothing to LoadBooks; they are not carried over.",
    remedy: "if one of them matters, name its field in mapping.csv: column,HEADER,FIELD,,")
  static let columnsUnnamed = Finding.Kind(
    "columns-unnamed", .warning,
    meaning: "A file has something in a column without a header; it is not carried over.",
    remedy: "give the column a header, or empty it")
  static let lastLineUnended = Finding.Kind(
    "last-line-unended", .warning,
    meaning:
      "The last line of a file has no line end, as all others have: the file may have been cut off there, and "
      + "a number with it; rows that should follow may be missing.",
    remedy: "compare the last row with LoadOps; if it is the last one, nothing needs to be done")
  static let headerRepeated = Finding.Kind(
    "header-repeated", .notice,
    meaning: "The header row stands again in the middle of a file; it is passed over.",
    remedy: "nothing needs to be done")
  static let layoutDetected = Finding.Kind(
    "layout-detected", .notice,
    meaning:
      "A file is not laid out with one full row for each line; the message says how it is read.",
    remedy: "look at one invoice with: loadbooks explain")
  static let layoutNotAlone = Finding.Kind(
    "layout-not-alone", .warning,
    meaning:
      "A file is laid out in a way that is read only when the settings allow it, or together with another "
      + "file; only inspect shows it by itself.",
    remedy: "do what the message says before you plan with the file")
  static let incomeWithoutInvoice = Finding.Kind(
    "income-without-invoice", .warning,
    meaning:
      "A file of income has amounts for invoice numbers that no invoice of the export has; they are not "
      + "booked.",
    remedy: "export the invoices again for the same days, or correct the number")
  static let rateReadAsAmount = Finding.Kind(
    "rate-read-as-amount", .notice,
    meaning:
      "A file has no amount, quantity or total, so its rate is taken for what is billed, as in lists of loads.",
    remedy: "if the rate is a price per mile or hour, export the amounts, too")
  static let textTrimmed = Finding.Kind(
    "text-trimmed", .notice,
    meaning:
      "Cells have blanks or invisible characters (no-break, zero-width, control characters) around their "
      + "text, which are no part of it; what stands inside a text stays.",
    remedy: "nothing needs to be done")
  static let totalsRow = Finding.Kind(
    "totals-row", .notice,
    meaning:
      "A row of totals, or the foot of a page, is no invoice; it is left out, and the sum it says is what "
      + "the rows above it add up to.",
    remedy: "nothing needs to be done")
  static let totalsRowDiffers = Finding.Kind(
    "totals-row-differs", .warning,
    meaning:
      "A row of totals says another sum than the rows above it add up to: rows may be missing from the file, or "
      + "be in it twice.",
    remedy: "compare the export with LoadOps before you import anything of it")
  static let encodingAssumed = Finding.Kind(
    "encoding-assumed", .notice,
    meaning:
      "A file does not say in which encoding it is and is not UTF-8; it is read as Windows-1252, which "
      + "spreadsheets in Western countries write.",
    remedy:
      "look at the text shown; if letters are wrong, save the file again as \"CSV UTF-8 (comma delimited)\""
  )
  static let textGarbled = Finding.Kind(
    "text-garbled", .warning,
    meaning:
      "A file has text such as Ã© or â€™, which was read in a wrong encoding before; it is never repaired "
      + "by guessing, so it goes out as it stands.",
    remedy: "mend the text where it came from, or export it again as UTF-8")
  static let sheetPassedOver = Finding.Kind(
    "sheet-passed-over", .warning,
    meaning: "A workbook has another sheet that looks like an export; only one sheet is read.",
    remedy: "save each sheet that you need as a workbook of its own, and give them all")
  static let rowsHidden = Finding.Kind(
    "rows-hidden", .notice,
    meaning:
      "A sheet has rows that a filter or a person has hidden; they are read like the others.",
    remedy: "if they are not meant, delete them and save the workbook again")
  static let identifierIsNumber = Finding.Kind(
    "identifier-is-number", .notice,
    meaning:
      "A JSON file holds numbers of invoices or customers without quotation marks; zeros in front of them "
      + "may have been lost before.",
    remedy: "if they begin with zeros in LoadOps, have them exported as text")
  static let fileIgnored = Finding.Kind(
    "file-ignored", .notice,
    meaning: "A file in the folder has a name that no export has; it was not read.",
    remedy: "rename it to .csv or .json if it is an export")
  static let suppressionUnmatched = Finding.Kind(
    "suppression-unmatched", .warning,
    meaning: "A row of the suppression list matches no invoice of this export.",
    remedy: "check the number for a typing error; leave the row if the invoice is in another export"
  )
  static let suppressionExpired = Finding.Kind(
    "suppression-expired", .warning,
    meaning: "A row of the suppression list would match, but its last day is over.",
    remedy: "remove the row, or set a later until date")
  static let addressUnsplit = Finding.Kind(
    "address-not-split", .notice,
    meaning: "An address in one field has no recognisable city line; it is written as it is.",
    remedy: "nothing needs to be done; lines can be arranged in QuickBooks")
  static let addressCut = Finding.Kind(
    "address-cut", .warning,
    meaning: "An address needs more than five lines of 41 characters; the rest is left out.",
    remedy: "shorten the address in LoadOps, or complete it in QuickBooks")
  static let customerDetailCut = Finding.Kind(
    "customer-detail-cut", .warning,
    meaning: "A telephone number, contact, e-mail or the like is longer than QuickBooks keeps.",
    remedy: "shorten it in LoadOps, or complete it in QuickBooks")
  static let datesDetected = Finding.Kind(
    "dates-detected", .notice,
    meaning:
      "A column has dates that do not say by themselves which day they mean, or times with a zone; the "
      + "message says how they are read.",
    remedy: "look at one date; if the order is wrong, set formats.dates")

  static let nothingSelected = Finding.Kind(
    "nothing-selected", .warning,
    meaning: "The filters match no invoice of this export.",
    remedy: "check the number, the name and the days; they are compared exactly")

  static let all =
    [
      unknownColumns, columnsUnnamed, lastLineUnended, nothingSelected, headerRepeated,
      sheetPassedOver, rowsHidden,
      identifierIsNumber, layoutDetected, layoutNotAlone, rateReadAsAmount, incomeWithoutInvoice,
      textTrimmed,
      totalsRow,
      totalsRowDiffers, encodingAssumed, textGarbled, fileIgnored, suppressionUnmatched,
      suppressionExpired,
      addressUnsplit, addressCut, customerDetailCut, datesDetected,
      CustomerRules.customerNameChanged,
      CustomerRules.customerResembles, CustomerRules.customerSpeltTwice,
      CustomerRules.customerInactive,
      ItemRules.categoryNotDeclared,
    ] + BooksRules.batch
}
