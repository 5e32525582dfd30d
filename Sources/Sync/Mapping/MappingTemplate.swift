extension MappingFile {
  /// The `mapping.csv` that `init` writes: usual income categories of trucking companies.
  public static let template = """
    kind,loadops,quickbooks,account,note
    item,Line Haul,Line Haul,Freight Income:Line Haul,
    item,Fuel Surcharge,Fuel Surcharge,Freight Income:Fuel Surcharge,
    item,Detention,Detention,Freight Income:Accessorials,
    item,Layover,Layover,Freight Income:Accessorials,
    item,Lumper,Lumper,Freight Income:Reimbursements,
    item,TONU,TONU,Freight Income:Accessorials,Truck ordered but not used
    item,Stop-Off,Stop-Off,Freight Income:Accessorials,
    item,Driver Assist,Driver Assist,Freight Income:Accessorials,
    item,Tarp,Tarp,Freight Income:Accessorials,
    item,Tolls,Tolls,Freight Income:Reimbursements,
    item,Scale Ticket,Scale Ticket,Freight Income:Reimbursements,
    item,Hazmat,Hazmat,Freight Income:Accessorials,
    item,Storage,Storage,Freight Income:Accessorials,
    item,Reconsignment,Reconsignment,Freight Income:Accessorials,
    item,Late Delivery Allowance,Late Delivery Allowance,Freight Income:Allowances,

    """
}
