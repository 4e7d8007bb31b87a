package pcap

import "strconv"

// A LinkType identifies the first header of a packet (registry of LINKTYPE_
// values, https://www.tcpdump.org/linktypes.html).
type LinkType uint32

// Link types that occur in files although the registry assigns another number.
const (
	LinkTypeRawBSD  LinkType = 12 // DLT_RAW of most systems
	LinkTypeRawOpen LinkType = 14 // DLT_RAW of OpenBSD
)

// String returns the registered name without the LINKTYPE_ prefix, or
// "LINKTYPE_n" for an unknown number.
func (t LinkType) String() string {
	if t == LinkTypeRawBSD || t == LinkTypeRawOpen {
		t = LinkTypeRaw
	}
	if int64(t) < int64(len(linkTypeNames)) && linkTypeNames[t] != "" {
		return linkTypeNames[t]
	}
	return "LINKTYPE_" + strconv.FormatUint(uint64(t), 10)
}

// The LINKTYPE_ registry.
const (
	LinkTypeNull                   LinkType = 0
	LinkTypeEthernet               LinkType = 1
	LinkTypeExpEthernet            LinkType = 2
	LinkTypeAX25                   LinkType = 3
	LinkTypePronet                 LinkType = 4
	LinkTypeChaos                  LinkType = 5
	LinkTypeIEEE802_5              LinkType = 6
	LinkTypeARCNETBSD              LinkType = 7
	LinkTypeSLIP                   LinkType = 8
	LinkTypePPP                    LinkType = 9
	LinkTypeFDDI                   LinkType = 10
	LinkTypePPPHDLC                LinkType = 50
	LinkTypePPPEther               LinkType = 51
	LinkTypeSymantecFirewall       LinkType = 99
	LinkTypeATMRFC1483             LinkType = 100
	LinkTypeRaw                    LinkType = 101
	LinkTypeSLIPBSDOS              LinkType = 102
	LinkTypePPPBSDOS               LinkType = 103
	LinkTypeCHDLC                  LinkType = 104
	LinkTypeIEEE802_11             LinkType = 105
	LinkTypeATMCLIP                LinkType = 106
	LinkTypeFRelay                 LinkType = 107
	LinkTypeLoop                   LinkType = 108
	LinkTypeENC                    LinkType = 109
	LinkTypeLANE8023               LinkType = 110
	LinkTypeHIPPI                  LinkType = 111
	LinkTypeNetBSDHDLC             LinkType = 112
	LinkTypeLinuxSLL               LinkType = 113
	LinkTypeLTALK                  LinkType = 114
	LinkTypeEconet                 LinkType = 115
	LinkTypeIPFilter               LinkType = 116
	LinkTypePFLog                  LinkType = 117
	LinkTypeCiscoIOS               LinkType = 118
	LinkTypeIEEE802_11Prism        LinkType = 119
	LinkTypeIEEE802_11Aironet      LinkType = 120
	LinkTypeHHDLC                  LinkType = 121
	LinkTypeIPOverFC               LinkType = 122
	LinkTypeSunATM                 LinkType = 123
	LinkTypeRIO                    LinkType = 124
	LinkTypePCIExp                 LinkType = 125
	LinkTypeAurora                 LinkType = 126
	LinkTypeIEEE802_11Radiotap     LinkType = 127
	LinkTypeTZSP                   LinkType = 128
	LinkTypeARCNETLinux            LinkType = 129
	LinkTypeJuniperMLPPP           LinkType = 130
	LinkTypeJuniperMLFR            LinkType = 131
	LinkTypeJuniperES              LinkType = 132
	LinkTypeJuniperGGSN            LinkType = 133
	LinkTypeJuniperMFR             LinkType = 134
	LinkTypeJuniperATM2            LinkType = 135
	LinkTypeJuniperServices        LinkType = 136
	LinkTypeJuniperATM1            LinkType = 137
	LinkTypeAppleIPOverIEEE1394    LinkType = 138
	LinkTypeMTP2WithPHDR           LinkType = 139
	LinkTypeMTP2                   LinkType = 140
	LinkTypeMTP3                   LinkType = 141
	LinkTypeSCCP                   LinkType = 142
	LinkTypeDOCSIS                 LinkType = 143
	LinkTypeLinuxIrDA              LinkType = 144
	LinkTypeIBMSP                  LinkType = 145
	LinkTypeIBMSN                  LinkType = 146
	LinkTypeUser0                  LinkType = 147
	LinkTypeUser1                  LinkType = 148
	LinkTypeUser2                  LinkType = 149
	LinkTypeUser3                  LinkType = 150
	LinkTypeUser4                  LinkType = 151
	LinkTypeUser5                  LinkType = 152
	LinkTypeUser6                  LinkType = 153
	LinkTypeUser7                  LinkType = 154
	LinkTypeUser8                  LinkType = 155
	LinkTypeUser9                  LinkType = 156
	LinkTypeUser10                 LinkType = 157
	LinkTypeUser11                 LinkType = 158
	LinkTypeUser12                 LinkType = 159
	LinkTypeUser13                 LinkType = 160
	LinkTypeUser14                 LinkType = 161
	LinkTypeUser15                 LinkType = 162
	LinkTypeIEEE802_11AVS          LinkType = 163
	LinkTypeJuniperMonitor         LinkType = 164
	LinkTypeBACNETMSTP             LinkType = 165
	LinkTypePPPPPPD                LinkType = 166
	LinkTypeJuniperPPPoE           LinkType = 167
	LinkTypeJuniperPPPoEATM        LinkType = 168
	LinkTypeGPRSLLC                LinkType = 169
	LinkTypeGPFT                   LinkType = 170
	LinkTypeGPFF                   LinkType = 171
	LinkTypeGComT1E1               LinkType = 172
	LinkTypeGComSerial             LinkType = 173
	LinkTypeJuniperPICPeer         LinkType = 174
	LinkTypeERFETH                 LinkType = 175
	LinkTypeERFPOS                 LinkType = 176
	LinkTypeLinuxLAPD              LinkType = 177
	LinkTypeJuniperEther           LinkType = 178
	LinkTypeJuniperPPP             LinkType = 179
	LinkTypeJuniperFRelay          LinkType = 180
	LinkTypeJuniperCHDLC           LinkType = 181
	LinkTypeMFR                    LinkType = 182
	LinkTypeJuniperVP              LinkType = 183
	LinkTypeA429                   LinkType = 184
	LinkTypeA653ICM                LinkType = 185
	LinkTypeUSBFreeBSD             LinkType = 186
	LinkTypeBluetoothHCIH4         LinkType = 187
	LinkTypeIEEE802_16MACCPS       LinkType = 188
	LinkTypeUSBLinux               LinkType = 189
	LinkTypeCAN20B                 LinkType = 190
	LinkTypeIEEE802_15_4Linux      LinkType = 191
	LinkTypePPI                    LinkType = 192
	LinkTypeIEEE802_16MACCPSRadio  LinkType = 193
	LinkTypeJuniperISM             LinkType = 194
	LinkTypeIEEE802_15_4WithFCS    LinkType = 195
	LinkTypeSITA                   LinkType = 196
	LinkTypeERF                    LinkType = 197
	LinkTypeRAIF1                  LinkType = 198
	LinkTypeIPMBKontron            LinkType = 199
	LinkTypeJuniperST              LinkType = 200
	LinkTypeBluetoothHCIH4WithPHDR LinkType = 201
	LinkTypeAX25KISS               LinkType = 202
	LinkTypeLAPD                   LinkType = 203
	LinkTypePPPWithDir             LinkType = 204
	LinkTypeCHDLCWithDir           LinkType = 205
	LinkTypeFRelayWithDir          LinkType = 206
	LinkTypeLAPBWithDir            LinkType = 207
	LinkTypeIPMBLinux              LinkType = 209
	LinkTypeFlexRay                LinkType = 210
	LinkTypeMOST                   LinkType = 211
	LinkTypeLIN                    LinkType = 212
	LinkTypeX2ESerial              LinkType = 213
	LinkTypeX2EXoraya              LinkType = 214
	LinkTypeIEEE802_15_4NonASKPHY  LinkType = 215
	LinkTypeLinuxEvdev             LinkType = 216
	LinkTypeGSMTAPUm               LinkType = 217
	LinkTypeGSMTAPAbis             LinkType = 218
	LinkTypeMPLS                   LinkType = 219
	LinkTypeUSBLinuxMmapped        LinkType = 220
	LinkTypeDECT                   LinkType = 221
	LinkTypeAOS                    LinkType = 222
	LinkTypeWiHART                 LinkType = 223
	LinkTypeFC2                    LinkType = 224
	LinkTypeFC2WithFrameDelims     LinkType = 225
	LinkTypeIPNet                  LinkType = 226
	LinkTypeCANSocketCAN           LinkType = 227
	LinkTypeIPv4                   LinkType = 228
	LinkTypeIPv6                   LinkType = 229
	LinkTypeIEEE802_15_4NoFCS      LinkType = 230
	LinkTypeDBus                   LinkType = 231
	LinkTypeJuniperVS              LinkType = 232
	LinkTypeJuniperSRXE2E          LinkType = 233
	LinkTypeJuniperFibreChannel    LinkType = 234
	LinkTypeDVBCI                  LinkType = 235
	LinkTypeMux27010               LinkType = 236
	LinkTypeSTANAG5066DPDU         LinkType = 237
	LinkTypeJuniperATMCEMIC        LinkType = 238
	LinkTypeNFLOG                  LinkType = 239
	LinkTypeNetANALYZER            LinkType = 240
	LinkTypeNetANALYZERTransparent LinkType = 241
	LinkTypeIPoIB                  LinkType = 242
	LinkTypeMPEG2TS                LinkType = 243
	LinkTypeNG40                   LinkType = 244
	LinkTypeNFCLLCP                LinkType = 245
	LinkTypePFSync                 LinkType = 246
	LinkTypeInfiniBand             LinkType = 247
	LinkTypeSCTP                   LinkType = 248
	LinkTypeUSBPcap                LinkType = 249
	LinkTypeRTACSerial             LinkType = 250
	LinkTypeBluetoothLELL          LinkType = 251
	LinkTypeWiresharkUpperPDU      LinkType = 252
	LinkTypeNetlink                LinkType = 253
	LinkTypeBluetoothLinuxMonitor  LinkType = 254
	LinkTypeBluetoothBREDRBB       LinkType = 255
	LinkTypeBluetoothLELLWithPHDR  LinkType = 256
	LinkTypeProfibusDL             LinkType = 257
	LinkTypePKTAP                  LinkType = 258
	LinkTypeEPON                   LinkType = 259
	LinkTypeIPMIHPM2               LinkType = 260
	LinkTypeZWaveR1R2              LinkType = 261
	LinkTypeZWaveR3                LinkType = 262
	LinkTypeWattStopperDLM         LinkType = 263
	LinkTypeISO14443               LinkType = 264
	LinkTypeRDS                    LinkType = 265
	LinkTypeUSBDarwin              LinkType = 266
	LinkTypeOpenFlow               LinkType = 267
	LinkTypeSDLC                   LinkType = 268
	LinkTypeTILLNSniffer           LinkType = 269
	LinkTypeLoRaTap                LinkType = 270
	LinkTypeVsock                  LinkType = 271
	LinkTypeNordicBLE              LinkType = 272
	LinkTypeDOCSIS31XRA31          LinkType = 273
	LinkTypeEthernetMPacket        LinkType = 274
	LinkTypeDisplayPortAUX         LinkType = 275
	LinkTypeLinuxSLL2              LinkType = 276
	LinkTypeSercosMonitor          LinkType = 277
	LinkTypeOpenVizsla             LinkType = 278
	LinkTypeEBHSCR                 LinkType = 279
	LinkTypeVPPDispatch            LinkType = 280
	LinkTypeDSATagBrcm             LinkType = 281
	LinkTypeDSATagBrcmPrepend      LinkType = 282
	LinkTypeIEEE802_15_4TAP        LinkType = 283
	LinkTypeDSATagDSA              LinkType = 284
	LinkTypeDSATagEDSA             LinkType = 285
	LinkTypeELEE                   LinkType = 286
	LinkTypeZWaveSerial            LinkType = 287
	LinkTypeUSB2_0                 LinkType = 288
	LinkTypeATSCALP                LinkType = 289
	LinkTypeETW                    LinkType = 290
	LinkTypeNetANALYZERNG          LinkType = 291
	LinkTypeZBOSSNCP               LinkType = 292
	LinkTypeUSB2_0LowSpeed         LinkType = 293
	LinkTypeUSB2_0FullSpeed        LinkType = 294
	LinkTypeUSB2_0HighSpeed        LinkType = 295
	LinkTypeAuerswaldLog           LinkType = 296
	LinkTypeZWaveTAP               LinkType = 297
	LinkTypeSiLabsDebugChannel     LinkType = 298
	LinkTypeFiRaUCI                LinkType = 299
	LinkTypeMDB                    LinkType = 300
	LinkTypeDECTNR                 LinkType = 301
	LinkTypeEDK2MM                 LinkType = 302
	LinkTypeDebugOnly              LinkType = 303
)
