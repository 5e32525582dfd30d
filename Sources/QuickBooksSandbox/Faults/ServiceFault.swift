/// A refusal of the service: what it answers instead of doing what was asked.
struct ServiceFault: Error, Sendable, Hashable {
  /// Words in the two languages the sandbox's companies speak.
  struct Phrase: Sendable, Hashable {
    var english: String
    var french: String

    init(_ english: String, _ french: String) {
      self.english = english
      self.french = french
    }

    func text(french wanted: Bool) -> String { wanted ? french : english }
  }

  var code: String
  var message: Phrase
  var detail: Phrase
  var element = ""
  var status = 400
  var type = "ValidationFault"

  /// The capitalised form, as the accounting API writes it.
  func body(french: Bool, time: String?) -> JSONValue {
    var members = JSONObject()
    members["Fault"] = inner(french: french)
    if let time { members["time"] = .text(time) }
    return .object(members)
  }

  /// The `Fault` object alone, as batch answers hold it.
  func inner(french: Bool) -> JSONValue {
    .members([
      "Error": .list([
        .members([
          "Message": .text(message.text(french: french)),
          "Detail": .text(detail.text(french: french)), "code": .text(code),
          "element": .text(element),
        ])
      ]), "type": .text(type),
    ])
  }

  /// The lower-case form, as the gateway in front of the API writes it.
  func gatewayBody(time: Double) -> JSONValue {
    .members([
      "warnings": .null, "intuitObject": .null,
      "fault": .members([
        "error": .list([
          .members([
            "message": .text(message.english), "detail": .text(detail.english),
            "code": .text(code), "element": .null,
          ])
        ]), "type": .text(type),
      ]), "report": .null, "queryResponse": .null, "batchItemResponse": .list([]),
      "attachableResponse": .list([]), "syncErrorResponse": .null, "requestId": .null,
      "time": .number("\(Int(time * 1000))"), "status": .null, "cdcresponse": .list([]),
    ])
  }
}

extension ServiceFault {
  /// 2010: a member the service does not know.
  static func unknownMember(_ path: String) -> Self {
    Self(
      code: "2010",
      message: Phrase(
        "Request has invalid or unsupported property",
        "La demande contient une propriété non valide ou non prise en charge"),
      detail: Phrase(
        "Property Name:\(path) specified is unsupported or invalid",
        "Nom de propriété :\(path) non pris en charge ou non valide"), element: path)
  }

  /// 2020: something that must be there is missing.
  static func missing(_ path: String) -> Self {
    Self(
      code: "2020",
      message: Phrase(
        "Required param missing, need to supply the required value for the API",
        "Paramètre obligatoire manquant ; indiquez la valeur requise"),
      detail: Phrase(
        "Required parameter \(path) is missing in the request",
        "Le paramètre obligatoire \(path) manque dans la demande"), element: path)
  }

  /// 2030: an id that is no number.
  static func idNotNumber(_ path: String, _ value: String) -> Self {
    Self(
      code: "2030",
      message: Phrase("Invalid ID", "Identifiant non valide"),
      detail: Phrase(
        "Id should be a valid number. Supplied value:\(value)",
        "L’identifiant doit être un nombre. Valeur fournie :\(value)"), element: path)
  }

  /// 2040: a character that a name may not hold.
  static func forbiddenCharacter(_ path: String) -> Self {
    Self(
      code: "2040",
      message: Phrase("Invalid String", "Chaîne non valide"),
      detail: Phrase(
        "Invalid String. Contains invalid characters, such as a colon, tab or new line: \(path)",
        "Chaîne non valide. Contient des caractères interdits (deux-points, tabulation, saut de "
          + "ligne) : \(path)"), element: path)
  }

  /// 2050: a text that is too long or too short.
  static func length(_ path: String, maximum: Int, supplied: Int, minimum: Int = 0) -> Self {
    Self(
      code: "2050",
      message: Phrase(
        "String length is either shorter or longer than supported by specification",
        "La longueur de la chaîne est inférieure ou supérieure à celle prise en charge"),
      detail: Phrase(
        "String length specified does not match the supported length. Min:\(minimum) "
          + "Max:\(maximum) supplied:\(supplied)",
        "La longueur indiquée ne correspond pas. Min :\(minimum) Max :\(maximum) "
          + "fournie :\(supplied)"), element: path)
  }

  /// 2060, 2080, 2090, 2170, 2200, 2210 and their like: a value of the wrong form.
  static func value(_ code: String, _ path: String, _ value: String) -> Self {
    let (english, french) =
      switch code {
      case "2060": ("Invalid Date", "Date non valide")
      case "2080", "2090": ("Invalid Number", "Nombre non valide")
      case "2170": ("Invalid Enumeration", "Énumération non valide")
      case "2200": ("Invalid URL", "Adresse Web non valide")
      case "2210": ("Email Address Format Error", "Format d’adresse e-mail non valide")
      default: ("Invalid value", "Valeur non valide")
      }
    return Self(
      code: code, message: Phrase(english, french),
      detail: Phrase(
        "\(english) : \(path) supplied value:\(value)",
        "\(french) : \(path) valeur fournie :\(value)"), element: path)
  }

  /// 2130: an id for the request that the service does not take.
  static func requestID(_ supplied: Int, maximum: Int) -> Self {
    Self(
      code: "2130",
      message: Phrase("Invalid Request Id", "Identifiant de demande non valide"),
      detail: Phrase(
        "The request id is longer than supported. Max:\(maximum) supplied:\(supplied)",
        "L’identifiant de demande est trop long. Max :\(maximum) fourni :\(supplied)"),
      element: "requestid")
  }

  /// 500: an operation the service does not have.
  static func unsupported(_ what: String) -> Self {
    Self(
      code: "500",
      message: Phrase("Unsupported Operation", "Opération non prise en charge"),
      detail: Phrase(
        "Operation \(what) is not supported.", "L’opération \(what) n’est pas prise en charge."))
  }

  /// 600: a request id that is under way or was used otherwise.
  static let duplicateRequest = Self(
    code: "600",
    message: Phrase("Duplicate Request ID", "Identifiant de demande en double"),
    detail: Phrase(
      "A request with this request id is being processed",
      "Une demande portant cet identifiant est en cours de traitement"))

  /// 610: no such object, or one made inactive.
  static let notFound = Self(
    code: "610",
    message: Phrase("Object Not Found", "Objet introuvable"),
    detail: Phrase(
      "Object Not Found : Something you're trying to use has been made inactive. Check the fields "
        + "with accounts, customers, items, vendors or employees.",
      "Objet introuvable : un élément que vous essayez d’utiliser a été désactivé."))

  /// 2500: a reference to nothing.
  static func reference(_ path: String, _ id: String) -> Self {
    Self(
      code: "2500",
      message: Phrase("Invalid Reference Id", "Identifiant de référence non valide"),
      detail: Phrase(
        "Invalid Reference Id : \(path) element id \(id) not found",
        "Identifiant de référence non valide : \(path) élément \(id) introuvable"), element: path)
  }

  /// 610 for a reference: the object is inactive.
  static func inactive(_ path: String, _ id: String) -> Self {
    var fault = notFound
    fault.detail = Phrase(
      fault.detail.english + " \(path)=\(id)", fault.detail.french + " \(path)=\(id)")
    fault.element = path
    return fault
  }

  /// 4000 and 4001: a query that does not parse or does not make sense.
  static func query(_ code: String, _ english: String) -> Self {
    let title =
      code == "4000"
      ? Phrase("Error parsing query", "Erreur d’analyse de la requête")
      : Phrase("Invalid query", "Requête non valide")
    return Self(
      code: code, message: title,
      detail: Phrase(
        "Query\(code == "4000" ? "Parser" : "Validation")Error: \(english)",
        "Erreur de requête : \(english)"))
  }

  /// 5010: somebody else changed it meanwhile.
  static let stale = Self(
    code: "5010",
    message: Phrase("Stale Object Error", "Erreur d’objet périmé"),
    detail: Phrase(
      "Stale Object Error : You and another user were working on this at the same time. They "
        + "finished before you did, so your work was not saved.",
      "Erreur d’objet périmé : un autre utilisateur a modifié cet élément en même temps que vous."))

  /// 6000: a business rule.
  static func business(_ english: String, _ french: String, element: String = "") -> Self {
    Self(
      code: "6000",
      message: Phrase(
        "A business validation error has occurred while processing your request",
        "Une erreur de validation métier s’est produite pendant le traitement de votre demande"),
      detail: Phrase(
        "Business Validation Error: \(english)", "Erreur de validation métier : \(french)"),
      element: element)
  }

  /// Any other code whose title and detail say the same.
  static func plain(_ code: String, _ english: String, _ french: String, element: String = "")
    -> Self
  {
    Self(
      code: code, message: Phrase(english, french), detail: Phrase(english, french),
      element: element)
  }

  /// 6070: the amount is not the product.
  static func amount(_ supplied: String) -> Self {
    Self(
      code: "6070",
      message: Phrase(
        "Amount calculation incorrect in the request",
        "Calcul du montant incorrect dans la demande"),
      detail: Phrase(
        "Amount is not equal to UnitPrice * Qty. Supplied value:\(supplied)",
        "Le montant n’est pas égal à UnitPrice * Qty. Valeur fournie :\(supplied)"),
      element: "Line.Amount")
  }

  /// 6140: the number is taken.
  static func duplicateNumber(_ number: String, type: String, id: String) -> Self {
    let owner = "DocNumber=\(number) is assigned to TxnType=\(type) with TxnId=\(id)"
    return Self(
      code: "6140",
      message: Phrase("Duplicate Document Number Error", "Numéro de document en double"),
      detail: Phrase(
        "Duplicate Document Number Error : You must specify a different number. This number has "
          + "already been used. " + owner,
        "Numéro de document en double : vous devez indiquer un autre numéro. Ce numéro a déjà été "
          + "utilisé. " + owner))
  }

  /// 6240: the name is taken.
  static func duplicateName(id: String, wording: String) -> Self {
    let (english, french) =
      switch wording {
      case "words":
        (
          "Another customer, vendor or employee is already using this name. Please use a "
            + "different name.",
          "Un autre client, fournisseur ou employé utilise déjà ce nom. Utilisez un nom différent."
        )
      case "null": ("null", "null")
      default: ("Id=\(id)", "Id=\(id)")
      }
    return Self(
      code: "6240",
      message: Phrase("Duplicate Name Exists Error", "Erreur : nom en double"),
      detail: Phrase(
        "The name supplied already exists. : \(english)", "Le nom fourni existe déjà. : \(french)"))
  }

  /// 10000: the service failed.
  static let systemFailure = Self(
    code: "10000",
    message: Phrase(
      "An application error has occurred while processing your request",
      "Une erreur d’application s’est produite pendant le traitement de votre demande"),
    detail: Phrase(
      "System Failure Error: An unexpected error occurred",
      "Erreur système : une erreur inattendue s’est produite"), status: 500, type: "SystemFault")

  /// 3001: too many requests.
  static let throttled = Self(
    code: "3001",
    message: Phrase(
      "message=ThrottleExceeded; errorCode=003001; statusCode=429",
      "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
    detail: Phrase(
      "The request limit was reached.  Try again later",
      "La limite de demandes a été atteinte. Réessayez plus tard"), status: 429, type: "SERVICE")

  /// A refusal at the gateway: 3200, 3202 or 3100.
  static func gateway(_ code: String, _ detail: String) -> Self {
    let status = code == "3100" ? 403 : 401
    let name = code == "3100" ? "ApplicationAuthorizationFailed" : "AuthenticationFailed"
    let message = "message=\(name); errorCode=00\(code); statusCode=\(status)"
    return Self(
      code: code, message: Phrase(message, message), detail: Phrase(detail, detail), status: status,
      type: code == "3100" ? "SERVICE" : "AUTHENTICATION")
  }
}
