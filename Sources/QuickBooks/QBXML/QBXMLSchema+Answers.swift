extension QBXMLSchema {
  /// The schema of the answers that we read.
  package static let responseText = #"""
    <?xml version="1.0" encoding="utf-8"?>
    <!-- The parts of qbXML answers that LoadBooks reads. Newer releases of QuickBooks add elements, so what
         is not named here may stand anywhere and is passed over; what is named must have its type. -->
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">

      <xs:element name="QBXML">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="QBXMLMsgsRs">
              <xs:complexType>
                <xs:sequence>
                  <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
                </xs:sequence>
                <xs:attribute name="newMessageSetID" type="xs:string"/>
                <xs:attribute name="oldMessageSetID" type="xs:string"/>
                <xs:attribute name="messageSetStatusCode" type="xs:nonNegativeInteger"/>
                <xs:anyAttribute processContents="skip"/>
              </xs:complexType>
            </xs:element>
          </xs:sequence>
        </xs:complexType>
      </xs:element>

      <!-- Answers -->
      <xs:element name="StandardTermsAddRs" type="Answer"/>
      <xs:element name="AccountAddRs" type="Answer"/>
      <xs:element name="ClassAddRs" type="Answer"/>
      <xs:element name="ItemServiceAddRs" type="Answer"/>
      <xs:element name="ItemOtherChargeAddRs" type="Answer"/>
      <xs:element name="CustomerAddRs" type="Answer"/>
      <xs:element name="InvoiceAddRs" type="Answer"/>
      <xs:element name="CreditMemoAddRs" type="Answer"/>
      <xs:element name="TxnDelRs" type="Answer"/>
      <xs:element name="TxnVoidRs" type="Answer"/>
      <xs:element name="HostQueryRs" type="Answer"/>
      <xs:element name="CompanyQueryRs" type="Answer"/>
      <xs:element name="PreferencesQueryRs" type="Answer"/>
      <xs:element name="AccountQueryRs" type="Answer"/>
      <xs:element name="TermsQueryRs" type="Answer"/>
      <xs:element name="ClassQueryRs" type="Answer"/>
      <xs:element name="ItemQueryRs" type="Answer"/>
      <xs:element name="CustomerQueryRs" type="Answer"/>
      <xs:element name="EntityQueryRs" type="Answer"/>
      <xs:element name="InvoiceQueryRs" type="Answer"/>
      <xs:element name="CreditMemoQueryRs" type="Answer"/>

      <xs:complexType name="Answer">
        <xs:sequence>
          <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attribute name="requestID" type="xs:string"/>
        <xs:attribute name="statusCode" type="xs:nonNegativeInteger" use="required"/>
        <xs:attribute name="statusSeverity" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:enumeration value="Info"/>
              <xs:enumeration value="Warn"/>
              <xs:enumeration value="Error"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
        <xs:attribute name="statusMessage" type="xs:string"/>
        <xs:attribute name="retCount" type="xs:nonNegativeInteger"/>
        <xs:attribute name="iteratorRemainingCount" type="xs:nonNegativeInteger"/>
        <xs:attribute name="iteratorID" type="xs:string"/>
        <xs:anyAttribute processContents="skip"/>
      </xs:complexType>

      <!-- Records -->
      <xs:element name="StandardTermsRet" type="Record"/>
      <xs:element name="DateDrivenTermsRet" type="Record"/>
      <xs:element name="AccountRet" type="Record"/>
      <xs:element name="ClassRet" type="Record"/>
      <xs:element name="CustomerRet" type="Record"/>
      <xs:element name="VendorRet" type="Record"/>
      <xs:element name="EmployeeRet" type="Record"/>
      <xs:element name="OtherNameRet" type="Record"/>
      <xs:element name="ItemServiceRet" type="Record"/>
      <xs:element name="ItemOtherChargeRet" type="Record"/>
      <xs:element name="ItemNonInventoryRet" type="Record"/>
      <xs:element name="ItemInventoryRet" type="Record"/>
      <xs:element name="ItemInventoryAssemblyRet" type="Record"/>
      <xs:element name="ItemFixedAssetRet" type="Record"/>
      <xs:element name="ItemSubtotalRet" type="Record"/>
      <xs:element name="ItemDiscountRet" type="Record"/>
      <xs:element name="ItemPaymentRet" type="Record"/>
      <xs:element name="ItemSalesTaxRet" type="Record"/>
      <xs:element name="ItemSalesTaxGroupRet" type="Record"/>
      <xs:element name="ItemGroupRet" type="Record"/>
      <xs:element name="InvoiceRet" type="Record"/>
      <xs:element name="CreditMemoRet" type="Record"/>
      <xs:element name="SalesOrPurchase" type="Record"/>
      <xs:element name="SalesAndPurchase" type="Record"/>
      <xs:element name="CustomerRef" type="Record"/>
      <xs:element name="ParentRef" type="Record"/>
      <xs:element name="TermsRef" type="Record"/>
      <xs:element name="AccountRef" type="Record"/>
      <xs:element name="IncomeAccountRef" type="Record"/>
      <xs:element name="SalesTaxCodeRef" type="Record"/>
      <xs:element name="ErrorRecovery" type="Record"/>

      <xs:complexType name="Record">
        <xs:sequence>
          <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:anyAttribute processContents="skip"/>
      </xs:complexType>

      <!-- Values -->
      <xs:element name="ListID" type="ID"/>
      <xs:element name="TxnID" type="ID"/>
      <xs:element name="EditSequence">
        <xs:simpleType>
          <xs:restriction base="xs:string"><xs:maxLength value="16"/></xs:restriction>
        </xs:simpleType>
      </xs:element>
      <xs:element name="TxnNumber" type="xs:integer"/>
      <xs:element name="RefNumber" type="xs:string"/>
      <xs:element name="Name" type="xs:string"/>
      <xs:element name="FullName" type="xs:string"/>
      <xs:element name="IsActive" type="xs:boolean"/>
      <xs:element name="TxnDate" type="xs:date"/>
      <xs:element name="Subtotal" type="Amount"/>
      <xs:element name="SalesTaxTotal" type="Amount"/>
      <xs:element name="TotalAmount" type="Amount"/>
      <xs:element name="AccountType" type="xs:string"/>
      <xs:element name="AccountNumber" type="xs:string"/>
      <xs:element name="CompanyName" type="xs:string"/>
      <xs:element name="Email" type="xs:string"/>
      <xs:element name="StdDueDays" type="xs:nonNegativeInteger"/>

      <xs:simpleType name="ID">
        <xs:restriction base="xs:string"><xs:maxLength value="36"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Amount">
        <xs:restriction base="xs:string">
          <xs:pattern value="[+\-]?[0-9]{1,13}(\.[0-9]{2})?"/>
        </xs:restriction>
      </xs:simpleType>
    </xs:schema>

    """#
}
