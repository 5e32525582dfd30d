public import Vocabulary

/// Where QuickBooks Online is, for one app.
public struct OnlineEndpoints: Hashable, Sendable {
  /// The address of the companies' data.
  public var api: String
  /// Where a person says yes.
  public var authorization: String
  /// Where tokens come from.
  public var token: String
  /// Where tokens are given back.
  public var revocation: String

  /// Endpoints.
  public init(api: String, authorization: String, token: String, revocation: String) {
    self.api = api
    self.authorization = authorization
    self.token = token
    self.revocation = revocation
  }

  /// All of them, each with what it is for.
  var all: [(name: String, url: String)] {
    [
      ("api", api), ("authorization", authorization), ("token", token), ("revocation", revocation),
    ]
  }
}

/// The keys of an app, as Intuit's developer site shows them.
public struct OnlineApp: Hashable, Sendable {
  /// The client id.
  public var id: Secret
  /// The client secret.
  public var secret: Secret

  /// The keys.
  public init(id: Secret, secret: Secret) {
    self.id = id
    self.secret = secret
  }
}

/// The tokens of one connection.
public struct OnlineTokens: Hashable, Sendable {
  /// Goes with every request, for an hour.
  public var access: Secret
  /// Gets new ones.
  public var refresh: Secret
  /// When the access token ends, in seconds since 1970.
  public var accessEnds: Double
  /// When the refresh token ends unless it is used.
  public var refreshEnds: Double
  /// When the whole grant ends, whatever happens; nil when Intuit has not said.
  public var grantEnds: Double?

  /// Tokens.
  public init(
    access: Secret, refresh: Secret, accessEnds: Double, refreshEnds: Double, grantEnds: Double?
  ) {
    self.access = access
    self.refresh = refresh
    self.accessEnds = accessEnds
    self.refreshEnds = refreshEnds
    self.grantEnds = grantEnds
  }

  /// When somebody has to connect again if nothing else happens.
  public var ends: Double { min(refreshEnds, grantEnds ?? refreshEnds) }
}

/// The one connection of a company folder: to which QuickBooks company, and with which tokens.
public struct OnlineConnection: Hashable, Sendable {
  /// The id of the QuickBooks company; everything that is sent goes there and nowhere else.
  public var realm: String
  /// The company's name, as QuickBooks gave it when it was connected.
  public var companyName: String
  /// What the user calls the connection.
  public var displayName: String
  /// When it was made, ISO 8601 with zone.
  public var connectedAt: String
  /// Where QuickBooks is.
  public var endpoints: OnlineEndpoints
  /// The tokens.
  public var tokens: OnlineTokens
  /// Whether Intuit has said that the tokens are dead.
  public var isDead = false
  /// Whether a renewal that was cut off before the new tokens were on disk came before that.
  public var wasCutOff = false

  /// A connection.
  public init(
    realm: String, companyName: String, displayName: String, connectedAt: String,
    endpoints: OnlineEndpoints, tokens: OnlineTokens
  ) {
    self.realm = realm
    self.companyName = companyName
    self.displayName = displayName
    self.connectedAt = connectedAt
    self.endpoints = endpoints
    self.tokens = tokens
  }

  /// Why nothing can be asked any more, and the one next step.
  public var end: Failure {
    let cause =
      wasCutOff
      ? ": a renewal of it was cut off (a power cut, a kill, a lost answer), and the new tokens never reached the disk"
      : ""
    return Failure(
      .notAllowed, "QuickBooks does not accept this connection any more" + cause,
      remedy: "connect again with: loadbooks connect --replace")
  }
}
